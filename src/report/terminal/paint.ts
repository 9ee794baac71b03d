import picocolors from "picocolors";

/** Colours of the terminal report; each is the identity when colours are off. */
export type Paint = ReturnType<typeof createPaint>;

export function createPaint(color: boolean) {
  const { bold, dim, red, green, yellow, cyan, inverse } = picocolors.createColors(color);
  return { bold, dim, red, green, yellow, cyan, inverse };
}
