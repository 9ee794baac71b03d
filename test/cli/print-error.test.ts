import { describe, expect, it } from "vitest";
import { describeError } from "../../src/cli/print-error.ts";
import { NothingScannedError, UserError } from "../../src/shared/errors.ts";
import { WriteInterruptedError } from "../../src/write/write-errors.ts";

describe("describeError", () => {
  it("prints a mistake of the user as a sentence and a hint, without a stack", () => {
    expect(describeError(new UserError("No such file.", "Look again."))).toEqual({
      text: "rewire-abort: No such file.\n  Look again.\n",
      exitCode: 2,
    });
    expect(describeError(new UserError("No such file.")).text).toBe("rewire-abort: No such file.\n");
  });

  it("gives nothing scanned and an interrupted write codes of their own", () => {
    expect(describeError(new NothingScannedError("Nothing.")).exitCode).toBe(3);
    const outcome = { replaced: [], untouched: ["a.ts"] };
    expect(describeError(new WriteInterruptedError("SIGINT", outcome)).exitCode).toBe(130);
    expect(describeError(new WriteInterruptedError("SIGTERM", outcome)).exitCode).toBe(143);
  });

  it("keeps the stack of a defect and says where to report it", () => {
    const { text, exitCode } = describeError(new TypeError("boom"));
    expect(exitCode).toBe(2);
    expect(text).toMatch(/this is a defect in rewire-abort/);
    expect(text).toMatch(/TypeError: boom\n\s+at /);
    expect(text).toMatch(/Please report it/);
  });

  it("survives things that are no errors", () => {
    expect(describeError("text").text).toContain("text");
    expect(describeError(undefined).exitCode).toBe(2);
  });

  it("prints no control characters or workflow commands of file names", () => {
    const { text } = describeError(
      new UserError("a\u001b[31mb\u202e.ts\n::error::x cannot be read.", "see \u0007"),
    );
    expect(text).not.toMatch(/[\u001b\u202e\u0007]/);
    expect(text).not.toMatch(/^::error/m);
    expect(text.split("\n")).toHaveLength(3);
  });
});
