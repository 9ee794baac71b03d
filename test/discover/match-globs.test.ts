import { describe, expect, it } from "vitest";
import { compileGlob } from "../../src/discover/match-globs.ts";
import { UserError } from "../../src/shared/errors.ts";

describe("compileGlob", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["a", ["a", "a/b", "a/b/c"], ["ab", "b/a"]],
    ["*.ts", ["a.ts", ".ts"], ["a/b.ts", "a.tsx"]],
    ["**/*.ts", ["a.ts", "x/y/a.ts"], ["a.js"]],
    ["a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/bx", "x/a/b"]],
    ["a/**", ["a/b", "a/b/c", "a"], ["ab"]],
    ["a*b*c", ["abc", "axxbxxc", "abcbc"], ["ab", "abcd", "a/b/c"]],
    ["[!a]x", ["bx"], ["ax", "x"]],
    ["[a-c]x", ["ax", "cx"], ["dx"]],
    ["\\[x", ["[x"], ["x"]],
    ["[]x]", ["]", "x"], ["a"]],
    ["[!]x]", ["a"], ["]", "x"]],
    ["[a-]", ["a", "-"], ["b"]],
    ["a]", ["a]"], ["a"]],
    ["\\*", ["*"], ["a"]],
    ["\\{a,b\\}", ["{a,b}"], ["a", "b"]],
    ["{a,b{c,d}}", ["a", "bc", "bd"], ["b", "c"]],
    ["a{,.test}.ts", ["a.ts", "a.test.ts"], ["a.x.ts"]],
    ["app/(group)/p.ts", ["app/(group)/p.ts"], ["app/group/p.ts"]],
    [".", ["a", "a/b"], []],
  ])("%s", (source, yes, no) => {
    const glob = compileGlob(source, "--include");
    expect(yes.filter((path) => !glob.matches(path))).toEqual([]);
    expect(no.filter((path) => glob.matches(path))).toEqual([]);
  });

  it.each([
    ["{a,b}".repeat(1_500)],
    ["{a,b}".repeat(100)],
    ["{".repeat(100_000)],
    ["{".repeat(900)],
    ["a".repeat(1_001)],
    ["{a,b".repeat(200)],
  ])("refuses a hostile glob", (source) => {
    expect(() => compileGlob(source, "--include")).toThrow(UserError);
  });

  it.each([
    ["["],
    ["src/["],
    ["src/[/**"],
    ["[]"],
    ["[!]"],
    ["[a/b]"],
    ["{a,[}"],
    ["[z-a]"],
    ["src\\vendor"],
    ["src\\"],
  ])("refuses %s, which would match nothing", (source) => {
    expect(() => compileGlob(source, "--exclude")).toThrow(UserError);
  });

  // Each of these takes a backtracking matcher minutes to years; a test that ends has shown the point.
  it.each([
    ["*a*a*a*a*a*a*a*a*b", "a".repeat(255)],
    [`${"**/a/".repeat(50)}b`, `${"a/".repeat(1_000)}c`],
    [`${"**/*a*a*a/".repeat(20)}b`, `${`${"a".repeat(100)}/`.repeat(20)}c`],
    ["{0..1000000000..0}", "5"],
    ["(a+)+b", "a".repeat(255)],
    [`${"{".repeat(400)}a${"}".repeat(400)}x`, "b"],
  ])("matches %s in bounded time", (source, path) => {
    expect(compileGlob(source, "--include").matches(path)).toBe(false);
  });

  it("knows the folders it names", () => {
    const glob = compileGlob("packages/{a,b}/dist/*.js", "--include");
    expect([glob.names("dist"), glob.names("dis"), glob.names("*.js")]).toEqual([true, false, false]);
    expect([...glob.bases].sort()).toEqual(["packages/a/dist", "packages/b/dist"]);
  });
});
