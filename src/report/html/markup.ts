import { escapeHtml, escapeHtmlCode } from "../escape-text.ts";

/** HTML that is safe to put into a page. Only this file makes it, so what is not Markup gets escaped. */
export class Markup {
  readonly #text: string;
  private constructor(text: string) {
    this.#text = text;
  }
  /** For text that this project wrote: styles, scripts, joined Markup. Never for text from a run. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }
  toString(): string {
    return this.#text;
  }
}

export type Content = Markup | string | number | null | false | readonly Content[];

/** A template whose values are escaped unless they are Markup. Values may stand in text and in quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0]!;
  for (let i = 0; i < values.length; i += 1) text += write(values[i]!) + parts[i + 1]!;
  return Markup.trusted(text);
}

function write(value: Content): string {
  if (value === null || value === false) return "";
  if (value instanceof Markup) return value.toString();
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return String(value);
  return value.map(write).join("");
}

/** A line of code as text; tabs stay. */
export function codeText(line: string): Markup {
  return Markup.trusted(escapeHtmlCode(line));
}
