const TEST_FILE =
  /(^|\/)(tests?|__tests__|__mocks__|e2e|test-utils|test-helpers|fixtures)\/|[.-](test|spec|e2e|bench|mocks?|harness|fixtures?)([.-][\w-]+)*\.[cm]?[jt]sx?$|(^|\/)test-(helpers?|harness|utils?|support)|test-helpers|test-harness|(^|\/)vitest[.-]/;

/** True for tests, mocks, harnesses and their helpers, by where they stand and what they are called. */
export function isTestFile(path: string): boolean {
  return TEST_FILE.test(path);
}
