/** What a site is, as the JSON report names it. */
export type SiteKind =
  | "call"
  | "import"
  | "re-export"
  | "dynamic-import"
  | "dependency"
  | "wrapper"
  | "callback"
  | "type"
  | "mock"
  | "assertion"
  | "placeholder"
  | "stub"
  | "handler"
  | "text";
