/**
 * Text from a repository is hostile until shown otherwise: a path, a symbol or a line of code may hold terminal
 * escapes, bidi overrides, workflow commands, HTML or Markdown. Each reporter sends such text through this file.
 */

// Controls (C0, C1), format marks (bidi, zero-width, soft hyphen, BOM, tags), line and paragraph separators, lone
// surrogates (which no encoding can carry), and the letters that show as nothing.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function visible(char: string): string {
  return SHORT[char] ?? `\\u{${char.codePointAt(0)!.toString(16)}}`;
}

/**
 * Makes one piece of repository text safe to print on one line: control, bidi and zero-width characters become
 * visible (`\u{202e}`), CR and LF become `\r` and `\n`, `##[` and a leading `::` are broken.
 */
export function neutralise(text: string): string {
  return breakCommands(text.replace(INVISIBLE, visible));
}

/** As `neutralise`, for a line of code: tabs stay, so that indentation reads as it was. */
export function neutraliseCode(line: string): string {
  return breakCommands(line.replace(INVISIBLE, (char) => (char === "\t" ? char : visible(char))));
}

/** The same with tabs as two spaces, where columns are counted. */
export function neutraliseColumns(text: string): string {
  return breakCommands(text.replace(INVISIBLE, (char) => (char === "\t" ? "  " : visible(char))));
}

/**
 * A CI runner takes `##[name]` anywhere in a line, and `::name::` after any leading white space, as a command. Breaks
 * both in each line of a text. Reporters that print lines run it over the whole output as well, since wrapping or
 * joining may put two harmless halves together.
 */
export function breakCommands(text: string): string {
  return text.replace(/##(?=\[)/g, "##\\").replace(/^([^\S\r\n]*):(?=:)/gm, "$1:\\");
}

const HTML: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For HTML text and double- or single-quoted attribute values. Neutralises first. */
export function escapeHtml(text: string): string {
  return neutralise(text).replace(/[&<>"']/g, (char) => HTML[char]!);
}

/** A line of code in HTML: as `escapeHtml`, with tabs kept. */
export function escapeHtmlCode(line: string): string {
  return neutraliseCode(line).replace(/[&<>"']/g, (char) => HTML[char]!);
}

/** For XML 1.0 text and attributes: after neutralising, only U+FFFE and U+FFFF are left that XML cannot hold. */
export function escapeXml(text: string): string {
  return neutralise(text)
    .replace(/[\ufffe\uffff]/g, visible)
    .replace(/[&<>"']/g, (char) => HTML[char]!);
}

const BREAK = "&#8203;";

/**
 * Plain prose in Markdown. Punctuation that can start a construct becomes a character reference. GitHub looks for
 * `@name`, `#123`, addresses and commit ids in the rendered text, where references are gone: a zero-width space breaks
 * those.
 */
export function escapeMarkdown(text: string): string {
  return escapeMarkdownSyntax(text)
    .replace(/&#(?:35|64);/g, (mark) => mark + BREAK)
    .replace(/\bGH(?=-\d)/gi, (word) => word + BREAK)
    .replace(/(?<![&#\w])[0-9a-f]{7,}\b/gi, (hash) => hash.replace(/.{6}/g, `$&${BREAK}`));
}

function escapeMarkdownSyntax(text: string): string {
  return neutralise(text)
    .replace(/[&<>"'`*_{}[\]()#+!|~^$@\\]/g, (char) => `&#${char.charCodeAt(0)};`)
    .replace(
      /^(\s*)([-=]|\d+(?=\.))/,
      (_, space: string, mark: string) => `${space}&#${mark.charCodeAt(0)};${mark.slice(1)}`,
    )
    .replace(/:(?=\/\/)/g, `&#58;${BREAK}`)
    .replace(/\bw(?=ww\.)/gi, (w) => w + BREAK)
    .replace(/\b(mailto|xmpp):/gi, `$1&#58;${BREAK}`);
}

/** Code inside one line of Markdown; safe in table cells. References inside a code element are not linked. */
export function markdownCode(text: string): string {
  // An HTML element, not backticks: a table splits its cells at "|" before it looks for code spans.
  return text === "" ? "" : `<code>${escapeMarkdownSyntax(text)}</code>`;
}

/** A fenced block whose fence is longer than any run of backticks inside. Lines are neutralised one by one. */
export function markdownFence(lines: readonly string[], language = ""): string {
  const safe = lines.map(neutraliseCode);
  let longest = 2;
  for (const line of safe) for (const run of line.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...safe, fence].join("\n");
}

/** The message part of a workflow command, as the runner's toolkit escapes it. */
export function escapeCommandData(text: string): string {
  return neutralise(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** A property of a workflow command: `:` and `,` would end it. */
export function escapeCommandProperty(text: string): string {
  return escapeCommandData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** Escapes what a log or a terminal could act on inside serialised JSON, without changing what it parses to. */
export function escapeJsonText(json: string): string {
  return json.replace(/##(?=\[)/g, "#\\u0023").replace(INVISIBLE, (char) => {
    if (char === "\n") return char;
    let escaped = "";
    for (let i = 0; i < char.length; i += 1)
      escaped += `\\u${char.charCodeAt(i).toString(16).padStart(4, "0")}`;
    return escaped;
  });
}

/** A relative posix path as a URI reference: each segment percent-encoded, never with a scheme, host or parent. */
export function escapeUriPath(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== "." && segment !== "..");
  return segments.map(encodeSegment).join("/");
}

function encodeSegment(segment: string): string {
  // encodeURIComponent throws on a lone surrogate; the replacement character is what any encoder would write.
  return encodeURIComponent(segment.replace(/\p{Cs}/gu, "\ufffd")).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
