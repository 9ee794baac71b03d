import { LineIndex } from "../shared/location.ts";
import type { DiagnosticItem } from "./diagnostic-item.ts";
import type { MappedOffset, OffsetMap } from "./map-offset.ts";

/** An item that the change brought in, and its place in the file before the change. */
export interface NewDiagnostic extends DiagnosticItem {
  readonly at: MappedOffset;
}

/**
 * Items after the change that have no partner before it: same code, same words, and the same place, or a place on the
 * line or in the text that the edit replaced. Each partner counts once.
 *
 * @param renames names that the change replaces: a complaint that only spells the new name is not new
 */
export function newDiagnostics(
  before: readonly DiagnosticItem[],
  after: readonly DiagnosticItem[],
  map: OffsetMap,
  beforeText: string,
  renames: ReadonlyMap<string, string>,
): NewDiagnostic[] {
  const lines = new LineIndex(beforeText);
  const partners = new Map<string, DiagnosticItem[]>();
  for (const item of before) {
    const key = `${item.code} ${renamed(item.message, renames)}`;
    partners.set(key, [...(partners.get(key) ?? []), item]);
  }
  const known = new Set(partners.keys());
  const found: NewDiagnostic[] = [];
  for (const item of after) {
    const at = map.before(item.start);
    const candidates = partners.get(`${item.code} ${renamed(item.message, renames)}`) ?? [];
    const partner =
      candidates.find((candidate) => candidate.start === at.offset) ??
      candidates.find((candidate) =>
        at.edit
          ? candidate.start >= at.edit.start && candidate.start <= at.edit.end
          : lines.at(candidate.start).line === lines.at(at.offset).line,
      );
    if (partner) candidates.splice(candidates.indexOf(partner), 1);
    else if (isOfACopy(item, at) && known.has(`${item.code} ${renamed(item.message, renames)}`)) continue;
    else found.push({ ...item, at });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Parameters that implicitly are any: of a callback whose types stand in a package that is not installed. */
const IMPLICIT_ANY = new Set([7006, 7019, 7031]);

/** What a statement lacks, its copy beside it lacks as well: a second double is set up in the words of the first. */
function isOfACopy({ code }: DiagnosticItem, { edit }: MappedOffset): boolean {
  return IMPLICIT_ANY.has(code) && edit !== null && edit.start === edit.end;
}

function renamed(message: string, renames: ReadonlyMap<string, string>): string {
  return renames.size === 0
    ? message
    : message.replace(/[A-Za-z_$][\w$]*/g, (word) => renames.get(word) ?? word);
}
