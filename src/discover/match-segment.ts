/** One step of a glob's path segment. */
type Token =
  | { readonly kind: "star" }
  | { readonly kind: "any" }
  | { readonly kind: "literal"; readonly char: string }
  | {
      readonly kind: "set";
      readonly negated: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

export type SegmentPattern = readonly Token[];

/** Says why a glob cannot be what its author means. @throws always */
export type Refuse = (why: string, hint: string) => never;

/**
 * Compiles one path segment of a glob: `*`, `?`, `[a-z]`, `[!a-z]`, and `\` before a character that is meant as
 * itself. What would match nothing but by accident is refused.
 */
export function compileSegment(segment: string, refuse: Refuse): SegmentPattern {
  const tokens: Token[] = [];
  for (let at = 0; at < segment.length; at += 1) {
    const char = segment[at]!;
    if (char === "*") {
      if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
    } else if (char === "?") tokens.push({ kind: "any" });
    else if (char === "\\") {
      at += 1;
      const escaped = segment[at];
      if (escaped === undefined || /\w/.test(escaped))
        refuse(
          "has a \\ that is before no special character",
          "Part folders by /, and write \\* for a star.",
        );
      tokens.push({ kind: "literal", char: escaped! });
    } else if (char === "[") {
      // A first "]" is a member, also after the sign that negates.
      const close = segment.indexOf("]", at + (/^\[[!^]/.test(segment.slice(at)) ? 3 : 2));
      if (close === -1)
        refuse("has a [ that does not close", "Write [a-z], or \\[ for the character itself.");
      tokens.push(compileSet(segment.slice(at + 1, close), refuse));
      at = close;
    } else tokens.push({ kind: "literal", char });
  }
  return tokens;
}

/**
 * Matches a name against a segment in time proportional to their product. Translated to a regular expression,
 * `*a*a*a*a*b` runs for a minute on one long name, and globs can come from a pull request.
 */
export function matchesSegment(pattern: SegmentPattern, name: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const token = pattern[next];
    if (token?.kind === "star") {
      star = next;
      starAt = at;
      next += 1;
    } else if (token !== undefined && accepts(token, name[at]!)) {
      at += 1;
      next += 1;
    } else if (star !== -1) {
      starAt += 1;
      at = starAt;
      next = star + 1;
    } else return false;
  }
  while (pattern[next]?.kind === "star") next += 1;
  return next === pattern.length;
}

function compileSet(body: string, refuse: Refuse): Token {
  const negated = body.startsWith("!") || body.startsWith("^");
  const members = negated ? body.slice(1) : body;
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at += 1) {
    if (members[at + 1] === "-" && at + 2 < members.length) {
      const [low, high] = [members[at]!, members[at + 2]!];
      if (low > high)
        refuse(`has a range that ends before it begins (${low}-${high})`, `Write ${high}-${low}.`);
      ranges.push([low, high]);
      at += 2;
    } else ranges.push([members[at]!, members[at]!]);
  }
  return { kind: "set", negated, ranges };
}

function accepts(token: Token, char: string): boolean {
  if (token.kind === "literal") return token.char === char;
  if (token.kind === "set")
    return token.negated !== token.ranges.some(([low, high]) => low <= char && char <= high);
  return true;
}
