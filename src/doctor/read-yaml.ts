import { isMap, isScalar, LineCounter, parseDocument } from "yaml";

/** A YAML file as plain data, with the lines that its parts stand on. */
export interface YamlFile {
  readonly value: unknown;
  /** 1-based line of the node at a path, or of the nearest part of it that is there */
  lineOf(path: readonly (string | number)[]): number;
  /** 1-based line of the first line of the text of a scalar (a block scalar starts below its key) */
  textLineOf(path: readonly (string | number)[]): number;
}

/** @returns the file, or the sentence why it cannot be read */
export function readYaml(text: string): YamlFile | string {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      merge: true,
      logLevel: "error",
      customTags: REFERENCE,
    });
    const [error] = document.errors;
    if (error) return error.message.split("\n")[0]!;
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    const nodeAt = (path: readonly (string | number)[]): { offset: number; block: boolean } => {
      for (let length = path.length; length > 0; length -= 1) {
        const node: unknown = document.getIn(path.slice(0, length), true);
        const range =
          isMap(node) || isScalar(node) ? node.range : (node as { range?: [number] } | undefined)?.range;
        if (range)
          return {
            offset: range[0],
            block: isScalar(node) && /^BLOCK_/.test(node.type ?? "") && length === path.length,
          };
      }
      return { offset: 0, block: false };
    };
    const lineAt = (offset: number) => lines.linePos(offset).line || 1;
    return {
      value,
      lineOf: (path) => lineAt(nodeAt(path).offset),
      textLineOf: (path) => {
        const { offset, block } = nodeAt(path);
        return lineAt(offset) + (block ? 1 : 0);
      },
    };
  } catch (error) {
    return error instanceof Error ? error.message.split("\n")[0]! : "it cannot be parsed";
  }
}

// GitLab's `!reference [job, script]` is kept as its list of names.
const REFERENCE = [
  { tag: "!reference", collection: "seq" as const, resolve: (node: unknown) => node as never },
];

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A string, or the strings of a list; anything else is empty. */
export function asTexts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
