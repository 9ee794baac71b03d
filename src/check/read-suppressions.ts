/** One `rewire-abort-ignore` comment, as it stands. */
export interface SuppressionComment {
  /** 1-based position of the directive's first character */
  readonly line: number;
  readonly column: number;
  readonly endColumn: number;
  /** rules as written, before the `--` */
  readonly rules: readonly string[];
  /** empty when it is missing */
  readonly reason: string;
  /** 1-based line that it speaks about besides its own: the next one that holds code */
  readonly target: number;
}

const DIRECTIVE = "rewire-abort-ignore";
const PATTERN = /^[\s*]*rewire-abort-ignore(?![\w-])[ \t]*([^\r\n]*)/;

/**
 * Finds the suppression comments of a source file. Only comments count: the words in a string, a template or a
 * regular expression are text. The scan knows just enough of the language to tell these apart.
 */
export function readSuppressions(text: string): SuppressionComment[] {
  if (!text.includes(DIRECTIVE)) return [];
  const comments = scanComments(text);
  const lines = text.split(/\r\n|\n|\r/);
  const starts = lineStarts(text);
  const commented = new Set<number>();
  const found: SuppressionComment[] = [];
  for (const { start, end } of comments) {
    const first = lineAt(starts, start);
    const last = lineAt(starts, end - 1);
    for (let line = first; line <= last; line += 1)
      if (onlyComment(lines[line - 1]!, line === first ? start - starts[line - 1]! : 0)) commented.add(line);
    const body = text.slice(start + 2, text[start + 1] === "*" ? end - 2 : end);
    const match = PATTERN.exec(body);
    if (!match) continue;
    const at = start + 2 + match[0].indexOf(DIRECTIVE);
    const line = lineAt(starts, at);
    const [rules = "", ...reason] = match[1]!.split(/(?:^|\s)--(?:\s|$)/);
    found.push({
      line,
      column: at - starts[line - 1]! + 1,
      endColumn: start + 2 + match[0].trimEnd().length - starts[line - 1]! + 1,
      rules: rules.split(/[\s,]+/).filter((rule) => rule !== ""),
      reason: reason.join(" -- ").trim(),
      target: last + 1,
    });
  }
  return found.map((comment) => ({ ...comment, target: nextCodeLine(comment.target, lines, commented) }));
}

/** A directive may stand in a block of comments above the code: the block's own lines are passed over. */
function nextCodeLine(from: number, lines: readonly string[], commented: ReadonlySet<number>): number {
  let line = from;
  while (line <= lines.length && commented.has(line)) line += 1;
  return line;
}

function onlyComment(line: string, start: number): boolean {
  return /^[\s{]*$/.test(line.slice(0, start));
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

interface Comment {
  readonly start: number;
  readonly end: number;
}

/** After one of these a slash starts a regular expression, not a division. */
const BEFORE_REGEX =
  /(?:^|[=([{},;:!&|?+\-*%~^<>]|=>|\b(?:return|typeof|case|in|of|delete|void|throw|new|do|else|await|yield))\s*$/;

function scanComments(text: string): Comment[] {
  const comments: Comment[] = [];
  /** brace depth at which each open template's `${` ends */
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  // What stood before, without comments: decides what a slash means.
  let before = "";
  const remember = (piece: string): void => {
    before = (before + piece).slice(-24);
  };
  const template = (): void => {
    while (at < text.length) {
      if (text[at] === "\\") at += 2;
      else if (text[at] === "`") {
        at += 1;
        remember("`");
        return;
      } else if (text.startsWith("${", at)) {
        templates.push(depth);
        depth += 1;
        at += 2;
        remember("{");
        return;
      } else at += 1;
    }
  };
  while (at < text.length) {
    const char = text[at]!;
    if (char === "/" && text[at + 1] === "/") {
      const end = endOfLine(text, at);
      comments.push({ start: at, end });
      at = end;
    } else if (char === "/" && text[at + 1] === "*") {
      const close = text.indexOf("*/", at + 2);
      const end = close < 0 ? text.length : close + 2;
      if (close >= 0) comments.push({ start: at, end });
      at = end;
    } else if (char === '"' || char === "'") {
      at = endOfString(text, at);
      remember(char);
    } else if (char === "`") {
      at += 1;
      template();
    } else if (char === "/" && BEFORE_REGEX.test(before)) {
      at = endOfRegex(text, at);
      remember("/");
    } else {
      if (char === "{") depth += 1;
      if (char === "}") {
        depth -= 1;
        if (templates.at(-1) === depth) {
          templates.pop();
          at += 1;
          template();
          continue;
        }
      }
      remember(char);
      at += 1;
    }
  }
  return comments;
}

function endOfLine(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at += 1;
  return at;
}

function endOfString(text: string, start: number): number {
  const quote = text[start]!;
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    // An unclosed quote is text of JSX or a mistake: it ends with its line.
    else if (text[at] === quote || text[at] === "\n") return at + 1;
  }
  return text.length;
}

function endOfRegex(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === "\\") at += 1;
    else if (char === "\n") return start + 1;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) return at + 1;
  }
  return start + 1;
}
