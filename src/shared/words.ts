/** What a run looks for in the text of each file. */
export interface Words {
  /** what makes a file worth parsing */
  readonly pattern: RegExp;
  /** strings of which at least one stands in every text that the pattern matches: they are found much faster */
  readonly anchors: readonly string[];
}
