// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of GitHub workflows are written like this
import { describe, expect, it } from "vitest";
import { splitShell } from "../../src/doctor/split-shell.ts";

const shape = (script: string) =>
  splitShell(script).map(({ words, next, line }) => [words.join(" "), next, line]);

describe("splitShell", () => {
  it("keeps the operator after each command and its line", () => {
    expect(shape("a 1 && b || c; d | e\nf &\ng")).toEqual([
      ["a 1", "&&", 0],
      ["b", "||", 0],
      ["c", ";", 0],
      ["d", "|", 0],
      ["e", ";", 0],
      ["f", "&", 1],
      ["g", "", 2],
    ]);
  });
  it("reads quotes, comments, continued lines and expressions as the shell and the runner do", () => {
    expect(shape("echo 'x; y' \"a && b\" # c || d\nrun \\\n  --flag ${{ a || b }}")).toEqual([
      ["echo x; y a && b", ";", 0],
      ["run --flag ${{ a || b }}", "", 1],
    ]);
  });
  it("skips here-documents", () => {
    expect(shape("cat <<'EOF' > f\nrewire-abort check\nEOF\nnext")).toEqual([
      ["cat > f", ";", 0],
      ["next", "", 3],
    ]);
  });
  it("gives a group's operator to its last command", () => {
    expect(shape("( a; b ) || true")).toEqual([
      ["a", ";", 0],
      ["b", "||", 0],
      ["true", "", 0],
    ]);
    expect(shape("{ a; } || true")[0]).toEqual(["a", "||", 0]);
  });
  it("does not take a redirection for an operator", () => {
    expect(shape("a 2>&1 && b &> log")).toEqual([
      ["a 2>&1", "&&", 0],
      ["b &> log", "", 0],
    ]);
  });
});
