import { renderPage } from "../html/render-page.ts";
import type { Reporter } from "../reporter.ts";

const reporter: Reporter = {
  name: "html",
  describe: "one self-contained page for reviewers: diffs, proofs, acceptance criteria; works offline",
  render: (result) => renderPage(result),
};
export default reporter;
