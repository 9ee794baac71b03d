import type { Reporter } from "../reporter.ts";
const reporter: Reporter = { name: "markdown", describe: "", render: () => "" };
export default reporter;
