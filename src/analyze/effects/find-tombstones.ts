import type { ts } from "../typescript.ts";
import type { SourceProject } from "../source-project.ts";
import type { EffectPlace } from "./effect-facts.ts";

/** Words of a comment that say that something was taken out. */
const REMOVED =
  /\b(?:gutted|stubbed(?: out| to)?|(?:engine|runner?|subsystem|integration|abort\w*|kill\w*|wait\w*|runs?) (?:was |were |is |are |has been |have been )?(?:removed|deleted|dropped|gone)|no (?:longer|active) (?:runs?|abort\w*|kill\w*|wait\w*)|(?:nothing|no runs?) (?:left )?to (?:abort|kill|stop|settle|wait for))\b/i;

/** Comments in a function that say what was taken out of it. Only asked about functions that lost something. */
export function findTombstones(project: SourceProject, fn: ts.Node, name: string): EffectPlace[] {
  const file = project.pathOf(fn);
  const { text } = project.file(file);
  const start = fn.getStart();
  return [...text.slice(start, fn.end).matchAll(/\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g)]
    .filter(([comment]) => REMOVED.test(comment))
    .map((match) => {
      const span = { start: start + match.index, end: start + match.index + match[0].length };
      return { file, ...project.lines(file).at(span.start), span, function: name, evidence: [] };
    });
}
