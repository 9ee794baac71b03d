import type { Reporter } from "../reporter.ts";
const reporter: Reporter = { name: "gitlab", describe: "", render: () => "" };
export default reporter;
