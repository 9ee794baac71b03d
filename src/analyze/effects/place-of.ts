import type { ts } from "../typescript.ts";
import type { Evidence } from "../../shared/location.ts";
import { spanOf } from "../guards.ts";
import type { SourceProject } from "../source-project.ts";
import { enclosingName } from "../syntax.ts";
import type { EffectPlace } from "./effect-facts.ts";

/** The place of a node, as every effect fact carries it. */
export function placeOf(
  project: SourceProject,
  node: ts.Node,
  evidence: readonly Evidence[] = [],
  name = enclosingName(node),
): EffectPlace {
  const file = project.pathOf(node);
  const span = spanOf(node);
  return { file, ...project.lines(file).at(span.start), span, function: name, evidence };
}

/** Source text in one line, cut short. */
export function shortText(node: ts.Node, limit = 60): string {
  const text = node.getText().replace(/\s+/g, " ");
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}
