import type { Reporter } from "../reporter.ts";
const reporter: Reporter = { name: "github", describe: "", render: () => "" };
export default reporter;
