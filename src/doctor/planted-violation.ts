/**
 * Whether a violation planted in memory comes out of the real discover → parse → rule → exit path.
 * @returns null while nothing is wired here: doctor then says that it could not tell, and does not pass
 */
export async function plantedViolationFound(): Promise<boolean | null> {
  return null;
}
