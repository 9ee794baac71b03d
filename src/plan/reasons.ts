/** What a stable reason code means, for `explain` and the reports. */
export interface ReasonDocs {
  readonly title: string;
  readonly meaning: string;
  readonly why: string;
  readonly whatToDo: string;
}

/** Every reason a site is kept or left for a person. Codes are stable: CI and decision files name them. */
export const REASONS = {
  "no-key-in-scope": {
    title: "No session key in scope",
    meaning: "No expression that can be read at the call names the session that the id belongs to.",
    why: "A made-up or borrowed key type-checks, kills nothing and reports success.",
    whatToDo: "Pass the session key to this function from its callers, or look the entry up by key here.",
  },
  "rival-keys": {
    title: "Two keys compete",
    meaning: "Several expressions could name the session, and nothing proves that they are the same session.",
    why: "Picking one of two unrelated keys stops somebody else's run.",
    whatToDo: "Read the candidates and choose with --interactive, or rewrite the call by hand.",
  },
  "single-rule": {
    title: "Only one rule proposes the key",
    meaning:
      "One rule proposes this key and nothing contradicts it, but no second rule or data flow confirms it.",
    why: "By default only proven keys are written.",
    whatToDo: "Check the candidate; accept it with --min-confidence likely or --interactive.",
  },
  "key-not-canonical": {
    title: "Only an un-normalised key is in scope",
    meaning:
      "The key in scope is the one that a request carried; the store was read under its canonical form.",
    why: "Runs are registered under canonical keys: the raw spelling finds nothing.",
    whatToDo: "Use the canonical key that the lookup returns (canonicalKey, key), or normalise first.",
  },
  "callers-disagree": {
    title: "Callers pass id and key of different sessions",
    meaning: "At least one caller passes an id and a key that do not belong together.",
    why: "The rewrite would change which session that caller stops.",
    whatToDo: "Look at the callers in the evidence; pass the key of the same session from each.",
  },
  "foreign-key": {
    title: "The only key in scope is another session's",
    meaning: "The candidates name the requester, caller, parent, a lane or a run: not the session of the id.",
    why: "It would stop the parent instead of the child.",
    whatToDo: "Pass the right session's key into this function.",
  },
  "key-reassigned": {
    title: "The key changes before the call",
    meaning: "The variable that held the key is assigned again, so its value at the call is not shown.",
    why: "The key at the call may name another session.",
    whatToDo: "Keep the key in a const of its own and use that.",
  },
  "no-counterpart": {
    title: "The registry has no counterpart",
    meaning:
      "The call streams or injects messages, or works on all runs at once; a CLI subprocess has no such operation.",
    why: "killSessionRun(undefined) would turn a global abort into nothing, and a subprocess takes no message.",
    whatToDo:
      "Where it works on all runs, use killAllSessionRuns or waitForAllSessionRunsEnd if the registry exports them. Where it streams or injects a message nothing takes its place: keep the call while the old engine is there, or take the branch out.",
  },
  "feeds-no-counterpart": {
    title: "The predicate also decides about steering",
    meaning:
      "The same flow asks for streaming or injects a message, for which the registry has no counterpart.",
    why: "Moving only the predicate would enable a branch that cannot work with a subprocess.",
    whatToDo: "Decide what steering means for this project, then move the predicate by hand.",
  },
  "dynamic-callee": {
    title: "The callee cannot be followed",
    meaning: "The function is called through an object or value whose origin is not visible.",
    why: "Renaming one end of it would break the other.",
    whatToDo: "Follow the object by hand and move definition and calls together.",
  },
  "wrapper-callers": {
    title: "A wrapper takes the id, and not every caller has the key",
    meaning: "The function's parameter is the id; at least one caller has no proven key to pass.",
    why: "Wrapper and callers change together or not at all.",
    whatToDo: "Give each caller the session key, or move the wrapper by hand.",
  },
  "cluster-refused": {
    title: "Another call of the same flow was refused",
    meaning: "Predicate, abort and wait of one flow share one key and are migrated together or not at all.",
    why: "A legacy predicate in front of the new kill keeps it dead.",
    whatToDo: "Resolve the site that the evidence names.",
  },
  "legacy-definition": {
    title: "Defines or hands on the legacy function",
    meaning: "This module declares or re-exports the legacy function; call sites no longer go through it.",
    why: "Other names of the module may still be used, and global aborts still need it.",
    whatToDo: "Remove it once nothing imports it any more.",
  },
  "still-used": {
    title: "The import is still needed",
    meaning: "Another use of the name in this file was kept or refused.",
    why: "Removing it would break that use.",
    whatToDo: "Resolve the remaining uses first.",
  },
  "test-double": {
    title: "A test or mock names the legacy function",
    meaning: "Mocks, harnesses and assertions move in lockstep with production code.",
    why: "Half a rename throws or, worse, stays green.",
    whatToDo: "Update the mock's path, its keys and the expected session keys together.",
  },
  "silent-test": {
    title: "A test about a stop does not look at one",
    meaning:
      "The test would be green if nothing was ever stopped: it does not run, expects nothing about an end, or replaces what kills and never looks at it; and its fixtures do not show which key the kill must get.",
    why: "Such tests were green all the time that abort paths were dead.",
    whatToDo: "Expect that the registry's kill was called with the session's key, or that the run has ended.",
  },
  "other-function": {
    title: "Another function of the same name",
    meaning: "The name belongs to the mock of another module, or comes from one: not to the legacy function.",
    why: "Renaming it would break what it is really for.",
    whatToDo: "Nothing.",
  },
  "name-in-text": {
    title: "A string or regular expression names the function",
    meaning: "The legacy name stands in a string, template or regular expression.",
    why: "Tools that search for the name would look for something that is gone.",
    whatToDo: "Update the text by hand if it means the function.",
  },
  "unsupported-shape": {
    title: "The code has a shape that is not rewritten",
    meaning: "The call is spread, passed on as a value or written in a way that no rule covers.",
    why: "An unproven rewrite is worse than none.",
    whatToDo: "Rewrite it by hand.",
  },
  "type-errors": {
    title: "The compiler refuses the rewrite",
    meaning: "With the rewrite in place the file has diagnostics that it did not have before.",
    why: "A change that does not compile is not applied.",
    whatToDo: "Read the message in the evidence; often the key may be undefined or a type must move too.",
  },
} as const satisfies Record<string, ReasonDocs>;

export type ReasonCode = keyof typeof REASONS;
