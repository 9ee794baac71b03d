/**
 * Collects blocks of Markdown up to a number of bytes, as UTF-8 counts them. A block goes in whole or not at all, so
 * that no fence or element stays open.
 */
export class LimitedText {
  readonly #blocks: string[] = [];
  #left: number;
  constructor(bytes: number) {
    this.#left = bytes;
  }
  /** @returns false when the block did not fit */
  add(block: string): boolean {
    const size = Buffer.byteLength(block) + 2;
    if (size > this.#left) return false;
    this.#left -= size;
    this.#blocks.push(block);
    return true;
  }
  /** Takes bytes away for something that must fit later. */
  reserve(bytes: number): void {
    this.#left -= bytes;
  }
  /**
   * Adds items in order until one does not fit.
   * @returns how many were left out
   */
  addAll<T>(items: readonly T[], render: (item: T) => string): number {
    for (let i = 0; i < items.length; i += 1) if (!this.add(render(items[i]!))) return items.length - i;
    return 0;
  }
  toString(): string {
    return this.#blocks.join("\n\n");
  }
}

/** Cuts long repository text before it is escaped. */
export function clip(text: string, most = 300): string {
  const characters = text.length > most ? [...text.slice(0, most * 2)] : null;
  return characters && characters.length > most ? `${characters.slice(0, most).join("")}…` : text;
}

/** A collapsible section. The empty lines let Markdown start again inside. */
export function collapse(summary: string, body: string, open = false): string {
  return `<details${open ? " open" : ""}><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** A table of cells that are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
