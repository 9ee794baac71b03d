import type { Reporter } from "../reporter.ts";
const reporter: Reporter = { name: "junit", describe: "", render: () => "" };
export default reporter;
