/** Whether a violation planted in memory comes out of the real analysis and rules. */
export async function plantedViolationFound(): Promise<boolean | null> {
  const { plantedViolationsFound } = await import("../check/plant-violation.ts");
  const { piToSessionRun } = await import("../migration/pi-to-session-run.ts");
  return plantedViolationsFound(piToSessionRun);
}
