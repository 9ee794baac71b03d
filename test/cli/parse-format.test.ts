import { describe, expect, it } from "vitest";
import { planOutputs } from "../../src/cli/parse-format.ts";

const KNOWN = ["github", "json", "sarif", "terminal"];
const plan = (requests: string[], quiet = false) => planOutputs(requests, KNOWN, quiet);

describe("planOutputs", () => {
  it.each([
    [[], { stdout: null, files: [], terminal: "stdout" }],
    [["terminal"], { stdout: null, files: [], terminal: "stdout" }],
    [["json"], { stdout: "json", files: [], terminal: "stderr" }],
    [["json", "terminal"], { stdout: "json", files: [], terminal: "stderr" }],
    [["sarif=a.sarif"], { stdout: null, files: [{ name: "sarif", file: "a.sarif" }], terminal: "stdout" }],
    [
      ["github", "sarif=a=b.sarif"],
      { stdout: "github", files: [{ name: "sarif", file: "a=b.sarif" }], terminal: "stderr" },
    ],
    [
      ["json=a", "json=b"],
      {
        stdout: null,
        files: [
          { name: "json", file: "a" },
          { name: "json", file: "b" },
        ],
        terminal: "stdout",
      },
    ],
    [["terminal=t.txt"], { stdout: null, files: [{ name: "terminal", file: "t.txt" }], terminal: "stdout" }],
  ])("shares %j out", (requests, expected) => {
    expect(plan(requests)).toEqual(expected);
  });

  it.each([
    [[], null],
    [["json"], null],
    [["terminal"], "stdout"],
    [["json", "terminal"], "stderr"],
  ])("with --quiet, %j leaves the terminal report at %s", (requests, terminal) => {
    expect(plan(requests, true).terminal).toBe(terminal);
  });

  it.each([
    [["xml"], /There is no format named "xml"/],
    [["xml=file"], /There is no format named "xml"/],
    [["json="], /--format json= names no file/],
    [[""], /There is no format named ""/],
    [["json", "sarif"], /cannot both go to standard output/],
    [["json", "json"], /cannot both go to standard output/],
  ])("refuses %j", (requests, message) => {
    expect(() => plan(requests)).toThrow(message);
  });
});
