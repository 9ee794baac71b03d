import type { Reporter } from "../reporter.ts";
const reporter: Reporter = { name: "sarif", describe: "", render: () => "" };
export default reporter;
