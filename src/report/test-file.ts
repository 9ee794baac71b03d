const TEST =
  /(^|\/)(__tests__|__mocks__|tests?)\/|[.-](test|spec|e2e|mocks?|harness)\.[cm]?[jt]sx?$|test-(helpers|harness)/;

/** True for tests, their mocks and harnesses, by where a file of a saved run stands and what it is called. */
export function isTestFile(file: string): boolean {
  return TEST.test(file);
}
