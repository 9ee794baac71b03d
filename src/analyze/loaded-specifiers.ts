const LOADS = /(?:\bfrom|\bimport)\s*\(?\s*["'`]([^"'`\r\n]*)["'`]|\brequire\(\s*["'`]([^"'`\r\n]*)["'`]/g;

/** Specifiers of the modules that a file loads, read from its text alone; what only types are taken from is not loaded. */
export function loadedSpecifiers(text: string): string[] {
  return [...text.matchAll(LOADS)]
    .filter((match) => !isTypeOnly(text, match.index))
    .map((match) => match[1] ?? match[2]!);
}

/** `import type … from` and `typeof import(…)` load nothing. */
function isTypeOnly(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 600), at);
  if (text.startsWith("import", at)) return /\btypeof\s+$/.test(before);
  const keyword = Math.max(before.lastIndexOf("import "), before.lastIndexOf("export "));
  return /^(?:im|ex)port\s+type\s/.test(before.slice(Math.max(0, keyword)));
}
