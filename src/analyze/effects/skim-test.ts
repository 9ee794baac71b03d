/** A call whose first argument is a text with such a word: what a title has at least. Bounded, for lines without end. */
const PERHAPS_TITLED =
  /\((?:\s|\/\*.{0,200}?\*\/)*(?:["'].{0,200}?|`[^`]{0,200}?)\b(?:abort|kill|stop|terminat|interrupt)/gi;
const PERHAPS_NOT_RUN =
  /\bx(?:it|test|describe)\b|\b(?:it|test|describe)(?:\.\w+)*\.(?:skip|todo|skipIf|runIf)\b/;
/** What comes before the arguments of a test's title: the test's name, or a call or template that made it. */
const TEST_CALL = /(?:\b(it|test)(?:\.\w+)*|[)\]`>])\s*$/;

/**
 * Whether a test file may hold a test that promises a stop and proves none, told by its text alone: to parse a test
 * takes longer than all else that is asked of it. May say yes too often.
 *
 * @param entries names of entry points
 * @param end words of an assertion that is about an end
 */
export function mayBeUnproven(text: string, entries: readonly string[], end: RegExp): boolean {
  const titles = [...text.matchAll(PERHAPS_TITLED)].map(({ index }) => index);
  if (titles.length === 0) return false;
  if (PERHAPS_NOT_RUN.test(text)) return true;
  const names = entries.join("|");
  const space = "(?:\\s|/\\*.{0,200}?\\*/)*";
  // In the factory of a mock; a name or member that is handed on is no answer.
  if (new RegExp(`\\b(?:${names})${space}:(?!\\s*[\\w$.]+\\s*[,}])`).test(text)) return true;
  const call = new RegExp(`\\b(?:${names})${space}(?:[(<]|\\?\\.)`);
  const looks = new RegExp(`\\bexpect\\(.*(?:${end.source})`, end.flags);
  return titles.some((at) => {
    const lineStart = text.lastIndexOf("\n", at) + 1;
    const before = TEST_CALL.exec(text.slice(lineStart, at));
    // `console.log("stopped")`; the start of a table's test may stand in an earlier line.
    if (!before && text.slice(lineStart, at).trim() !== "") return false;
    const indent = /^[ \t]*/.exec(text.slice(lineStart))![0];
    const body = before?.[1] ? bodyOf(text, at, indent) : undefined;
    return body === undefined ? call.test(text) : call.test(body) && !looks.test(body);
  });
}

/** The lines to the one that closes the call, where the text is laid out so that it stands below the line of its name. */
function bodyOf(text: string, from: number, indent: string): string | undefined {
  let at = text.indexOf("\n", from) + 1;
  while (at > 0) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end < 0 ? text.length : end);
    if (line.startsWith(`${indent}}`) || line.startsWith(`${indent})`)) return text.slice(from, at);
    // Further out, and not closed: laid out in another way.
    if (line.trim() !== "" && !line.startsWith(`${indent} `) && !line.startsWith(`${indent}\t`))
      return undefined;
    at = end < 0 ? 0 : end + 1;
  }
  return undefined;
}
