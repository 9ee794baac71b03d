declare module "jscodeshift/src/getParser.js" {
  /** The parser that jscodeshift uses for a `--parser` name. */
  export default function getParser(name: "babel" | "babylon" | "flow" | "ts" | "tsx"): {
    parse(source: string): unknown;
  };
}
