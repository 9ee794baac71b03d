import { describe, expect, test } from "vitest";
import { parseRunResult } from "../../src/report/parse-run-result.ts";
import json from "../../src/report/reporters/json.ts";
import { UserError } from "../../src/shared/errors.ts";
import { listShelf, readShelf, readShelfText } from "./read-shelf.ts";

type Loose = Record<string, unknown>;
function broken(change: (value: Loose) => void): string {
  const value = JSON.parse(readShelfText("migrate-typical")) as Loose;
  change(value);
  return JSON.stringify(value);
}
function problem(text: string): string {
  try {
    parseRunResult(text, "run.json");
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  return "accepted";
}

describe("parseRunResult", () => {
  test.each(listShelf())("reads %s back to the same bytes", (name) => {
    expect(json.render(readShelf(name), {})).toBe(readShelfText(name));
  });
  test("gives the same bytes whatever the order of keys", () => {
    const reverse = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reverse)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, item]) => [key, reverse(item)]),
            )
          : value;
    const text = readShelfText("migrate-typical");
    expect(json.render(parseRunResult(JSON.stringify(reverse(JSON.parse(text))), "x"), {})).toBe(text);
  });
  test("keeps folders named after properties of Object", () => {
    const text = broken((value) =>
      Object.assign((value["files"] as Loose)["byFolder"] as Loose, { constructor: 3, prototype: 1 }),
    );
    expect(parseRunResult(text, "x").files.byFolder).toMatchObject({ constructor: 3, prototype: 1 });
  });
  test.each<[string, (value: Loose) => void, RegExp]>([
    [
      "another version",
      (value) => {
        value["schemaVersion"] = 2;
      },
      /schemaVersion is 2/,
    ],
    [
      "no version",
      (value) => {
        delete value["schemaVersion"];
      },
      /schemaVersion is missing/,
    ],
    [
      "an unknown field",
      (value) => {
        value["extra"] = 1;
      },
      /extra/,
    ],
    [
      "a missing field",
      (value) => {
        delete value["sites"];
      },
      /sites/,
    ],
    [
      "a wrong type deep inside",
      (value) => {
        (value["sites"] as Loose[])[1]!["line"] = "6";
      },
      /sites\.1\.line/,
    ],
    [
      "line 0",
      (value) => {
        (value["sites"] as Loose[])[1]!["line"] = 0;
      },
      /sites\.1\.line/,
    ],
    [
      "a fraction",
      (value) => {
        (value["files"] as Loose)["scanned"] = 1.5;
      },
      /files\.scanned/,
    ],
    [
      "an unknown decision",
      (value) => {
        (value["sites"] as Loose[])[0]!["decision"] = "maybe";
      },
      /sites\.0\.decision/,
    ],
    [
      "an odd excerpt",
      (value) => {
        value["excerpts"] = { constructor: { "1": 2 } };
      },
      /excerpts/,
    ],
    [
      "an odd folder count",
      (value) => {
        (value["files"] as Loose)["byFolder"] = { constructor: "many" };
      },
      /byFolder/,
    ],
    [
      "files that do not add up",
      (value) => {
        (value["files"] as Loose)["scanned"] = 1;
      },
      /files\.discovered is 412, but its parts add up to 5/,
    ],
    [
      "sites that do not add up",
      (value) => {
        (value["sites"] as Loose[]).pop();
      },
      /summary\.sites\.total/,
    ],
    [
      "a hunk line without mark",
      (value) => {
        (value["changes"] as { hunks: { lines: string[] }[] }[])[0]!.hunks[0]!.lines[0] = "x";
      },
      /hunks\.0\.lines\.0/,
    ],
  ])("refuses %s and names it", (_, change, expected) => {
    expect(problem(broken(change))).toMatch(expected);
  });
  test("refuses text that is no JSON, no object, or cut off", () => {
    expect(problem("{")).toMatch(/not valid JSON/);
    expect(problem("[]")).toMatch(/schemaVersion is missing/);
    expect(problem("null")).toMatch(/schemaVersion is missing/);
    expect(problem(readShelfText("migrate-typical").slice(0, -20))).toMatch(/not valid JSON/);
  });
  test("refuses __proto__ anywhere and pollutes nothing", () => {
    expect(problem('{"schemaVersion":1,"files":{"__proto__":{"polluted":1}}}')).toMatch(/__proto__/);
    expect(({} as Loose)["polluted"]).toBeUndefined();
  });
  test("refuses depth that would overflow a recursive reader", () => {
    const deep = "[".repeat(1_000_000) + "]".repeat(1_000_000);
    expect(problem(`{"schemaVersion":1,"sites":${deep}}`)).toMatch(/nested more than 64/);
  });
  test("never prints an escape from the file's name or content", () => {
    expect(problem('{"schemaVersion":"\\u001b[31m"}')).not.toContain("\u001b");
    try {
      parseRunResult("{", "a\u001b[31m.json");
    } catch (error) {
      expect((error as Error).message).not.toContain("\u001b");
    }
  });
});

describe("json", () => {
  test("survives nesting that JSON.stringify does not", () => {
    let value: unknown = [];
    for (let i = 0; i < 20_000; i += 1) value = [value];
    expect(() => JSON.stringify(value)).toThrow(RangeError);
    expect(json.render(value as never, {}).length).toBeGreaterThan(20_000);
  });
});
