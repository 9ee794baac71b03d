import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import { parseConfig } from "../../src/config/load-config.ts";
import { refuseUnknownRules } from "../../src/config/validate-config.ts";
import { UserError } from "../../src/shared/errors.ts";

function refusal(text: string): UserError {
  try {
    parseConfig(text, "rewire-abort.json");
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("the config was accepted");
}

describe("parseConfig", () => {
  it("fills an empty object from the defaults", () => {
    expect(parseConfig("{}", "rewire-abort.json")).toEqual(DEFAULT_CONFIG);
  });

  it("keeps every field that a file may hold", () => {
    const file = {
      $schema: "./schema.json",
      migration: {
        legacyFunctions: { abortForkRun: "abortRun" },
        legacyModules: ["agents/fork/runs"],
        registryModule: "agents/session-run-registry",
        lookups: [{ name: "loadEntry", key: 0, entry: null, canonicalKeys: ["canonicalKey"] }],
        normalizers: [{ name: "canonicalKeyOf", key: "key", output: null }],
        companions: ["clearQueues"],
        keyNames: ["laneOwner"],
        idNames: ["uuid"],
        entryPoints: [{ name: "tryFastAbort", settleTimeout: "5_000" }],
      },
      include: ["src/**"],
      exclude: ["src/vendor/**"],
      floors: { src: 200, ".": 300 },
      rules: { "no-legacy-call": "warning", "no-inert-stub": "off" },
      ledger: "ci/ledger.json",
    };
    const { $schema: _, ...expected } = file;
    expect(parseConfig(JSON.stringify(file), "rewire-abort.json")).toEqual(expected);
  });

  it("reads a file that starts with a byte order mark", () => {
    expect(parseConfig("\uFEFF{}", "rewire-abort.json")).toEqual(DEFAULT_CONFIG);
  });

  it("names an unknown key and the nearest valid one", () => {
    const error = refusal('{"exlude": []}');
    expect(error.message).toBe('rewire-abort.json: unknown key "exlude"; did you mean "exclude"?');
    expect(error.hint).toContain("exclude, floors, include, ledger, migration, rules");
  });

  it("names an unknown key of the migration by its path", () => {
    const error = refusal('{"migration": {"normaliser": []}}');
    expect(error.message).toBe(
      'rewire-abort.json: unknown key "migration.normaliser"; did you mean "normalizers"?',
    );
  });

  it("says no nearest key when nothing is near", () => {
    expect(refusal('{"zzzzzzzz": 1}').message).toBe('rewire-abort.json: unknown key "zzzzzzzz".');
  });

  it.each([
    ["{", /^rewire-abort\.json is not valid JSON: /],
    ["// c\n{}", /is not valid JSON/],
    ["[]", /^rewire-abort\.json must be an object, not a list\.$/],
    ['{"rules": []}', /"rules" must be an object, not a list\.$/],
    ['{"migration": []}', /"migration" must be an object, not a list\.$/],
    ["null", /must be an object, not null/],
    ['{"include": "src"}', /"include" must be a list, not "src"\.$/],
    ['{"include": [1]}', /"include\.0" must be a string, not 1\.$/],
    ['{"include": [""]}', /"include\.0" must not be empty\.$/],
    ['{"rules": {"x": "fatal"}}', /"rules\.x" must be "error", "warning", "info" or "off"\.$/],
    ['{"floors": {"src": 0}}', /"floors\.src" must be at least 1\.$/],
    ['{"floors": {"src": 1.5}}', /"floors\.src" must be a whole number of files\.$/],
    ['{"floors": {"src": "9"}}', /"floors\.src" must be a whole number of files\.$/],
    ['{"floors": {"../other": 3}}', /must be a path inside the root/],
    ['{"ledger": "/etc/ledger.json"}', /"ledger" must be a path inside the root/],
    ['{"ledger": "a/../../ledger.json"}', /"ledger" must be a path inside the root/],
    ['{"migration": {"registryModule": "../x"}}', /must be a path inside the root/],
    [
      '{"migration": {"legacyFunctions": {"a": 1}}}',
      /"migration\.legacyFunctions\.a" must be a string, not 1\.$/,
    ],
    ['{"__proto__": {"include": []}}', /the key "__proto__", which is not allowed/],
    ['{"migration": {"lookups": [{"name": "load"}]}}', /"migration\.lookups\.0\.key" is missing/],
    ['{"migration": {"lookups": ["load"]}}', /"migration\.lookups\.0" must be an object, not "load"\.$/],
    [
      '{"migration": {"lookups": [{"name":"l","key":0,"entry":null,"canonicalkeys":[]}]}}',
      /did you mean "canonicalKeys"/,
    ],
    ['{"migration": {"lookups": [{"constructor": 1}]}}', /the key "constructor", which is not allowed/],
    [`{"migration": {"lookups": ${"[".repeat(40)}${"]".repeat(40)}}}`, /nested more than 12 levels/],
  ])("refuses %s", (text, message) => {
    expect(refusal(text).message).toMatch(message);
  });

  it("accepts paths that only look like they leave the root", () => {
    expect(parseConfig('{"ledger": "ci/..ledger.json"}', "x").ledger).toBe("ci/..ledger.json");
  });

  it("refuses a level for a rule that does not exist", () => {
    const known = ["no-legacy-call", "no-inert-stub"];
    const config = (text: string) => parseConfig(text, "rewire-abort.json");
    expect(() => refuseUnknownRules(config('{"rules": {"no-legcy-call": "off"}}'), known, "c.json")).toThrow(
      'c.json: unknown rule "rules.no-legcy-call"; did you mean "no-legacy-call"?',
    );
    expect(() =>
      refuseUnknownRules(config('{"rules": {"no-legacy-call": "off"}}'), known, "c.json"),
    ).not.toThrow();
  });
});
