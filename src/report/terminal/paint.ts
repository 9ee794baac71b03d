import picocolors from "picocolors";

/** Colours of the terminal report; each is the identity when colours are off. */
export type Paint = ReturnType<typeof createPaint>;

export function createPaint(color: boolean) {
  const { bold, dim, red, green, yellow, cyan, inverse } = picocolors.createColors(color);
  // Codes around nothing would be trailing white space that nobody sees.
  const guard = (colour: (text: string) => string) => (text: string) => (text === "" ? "" : colour(text));
  return {
    bold: guard(bold),
    dim: guard(dim),
    red: guard(red),
    green: guard(green),
    yellow: guard(yellow),
    cyan: guard(cyan),
    inverse: guard(inverse),
  };
}
