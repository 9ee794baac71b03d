import type { Reporter } from "../reporter.ts";
import { stringifyJson } from "../stringify-json.ts";

/** Key order of the document, each name once. */
const ORDER = `
  schemaVersion tool name version command root rule id
  files discovered scanned skipped failed byFolder byExtension
  sites severity role file line column endLine endColumn function callee argument
  kind decision reason key confidence replacement cluster message evidence note rejected why
  changes edits hunks oldStart newStart lines start end text
  verification ok checks status details written registry path exists
  findings total rewrite keep manual error warning info fingerprint fixable
  suppressed suppressedBy rules what fix excerpts provenance expression origin
  reportOnly summary filesChanged exitCode warnings
`
  .trim()
  .split(/\s+/);

const reporter: Reporter = {
  name: "json",
  describe: "the whole run as one JSON document; `report` renders it again in any format",
  render: (result) => stringifyJson(result, ORDER),
};
export default reporter;
