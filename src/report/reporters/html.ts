import type { Reporter } from "../reporter.ts";
const reporter: Reporter = { name: "html", describe: "", render: () => "" };
export default reporter;
