/** What a run looks for in the text of each file: a text that one of the shapes matches is of interest. */
export interface Words {
  readonly shapes: readonly WordShape[];
}

export interface WordShape {
  readonly pattern: RegExp;
  /** strings of which at least one stands in every text that the pattern matches: they are found much faster */
  readonly anchors: readonly string[];
}
