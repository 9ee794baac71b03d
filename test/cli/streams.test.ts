import { PassThrough, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isDryRun } from "../../src/cli/dry-run.ts";
import { createProgress, progressLine } from "../../src/cli/show-progress.ts";
import { useColor } from "../../src/cli/use-color.ts";
import { writeText } from "../../src/cli/write-text.ts";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import { runMigrate } from "../../src/pipeline.ts";
import { UserError } from "../../src/shared/errors.ts";

describe("writeText", () => {
  it("waits for a slow reader to take everything", async () => {
    let taken = 0;
    const slow = new Writable({
      highWaterMark: 10,
      write(chunk: Buffer, _encoding, done) {
        setImmediate(() => {
          taken += chunk.length;
          done();
        });
      },
    });
    await writeText(slow, "x".repeat(100_000));
    expect(taken).toBe(100_000);
  });

  const failing = (code: string) => ({
    write(_: unknown, done: (error: Error) => void): boolean {
      done(Object.assign(new Error(code), { code }));
      return false;
    },
  });

  it("a disk that is full is said to be that, not a defect", async () => {
    await expect(writeText(failing("ENOSPC") as never, "x")).rejects.toThrow(UserError);
    await expect(writeText(failing("ENOSPC") as never, "x")).rejects.toThrow("cannot be written (ENOSPC)");
  });

  it.each(["EPIPE", "ERR_STREAM_DESTROYED"])("ends quietly when the reader is gone (%s)", async (code) => {
    await expect(writeText(failing(code) as never, "x")).resolves.toBeUndefined();
  });

  it("passes any other failure on", async () => {
    await expect(writeText(failing("ENOSPC") as never, "x")).rejects.toThrow("ENOSPC");
  });
});

describe("useColor", () => {
  const stream = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY });
  it.each([
    [true, {}, true, true],
    [false, {}, true, false],
    [true, {}, false, false],
    [true, { NO_COLOR: "1" }, true, false],
    [true, { NO_COLOR: "" }, true, true],
    [false, { FORCE_COLOR: "1" }, true, true],
    [true, { FORCE_COLOR: "0" }, true, false],
    [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true, false],
    [false, { FORCE_COLOR: "1" }, false, false],
    [true, { TERM: "dumb" }, true, false],
  ])("terminal %s, %j, wanted %s: %s", (isTTY, env, wanted, expected) => {
    expect(useColor(stream(isTTY), env, wanted)).toBe(expected);
  });
});

describe("isDryRun", () => {
  it.each([
    ["true", true],
    ["1", true],
    ["TRUE", true],
    ["anything", true],
    ["false", false],
    ["0", false],
    ["", false],
    [undefined, false],
  ])("DRY_RUN=%s: %s", (value, expected) => {
    expect(isDryRun({ DRY_RUN: value })).toBe(expected);
  });
});

describe("progress", () => {
  function record(isTTY: boolean, enabled: boolean) {
    let now = 0;
    const written: string[] = [];
    const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) > 0 };
    const progress = createProgress(stream as never, enabled, () => now);
    return {
      written,
      progress,
      wait: (ms: number) => {
        now += ms;
      },
    };
  }

  it("stays silent in the first second, then draws one line that it takes away", () => {
    const { progress, wait, written } = record(true, true);
    progress.update("scan", 1, 10);
    wait(900);
    progress.update("scan", 5, 10);
    expect(written).toEqual([]);
    wait(200);
    progress.update("scan", 6, 10);
    wait(10);
    progress.update("scan", 7, 10);
    progress.end();
    expect(written).toEqual(["\r\x1b[Kscan 6/10 (60 %, about 1 s left)", "\r\x1b[K"]);
  });

  it("writes nothing after a short run, without a terminal, or with --quiet", () => {
    for (const [isTTY, enabled, ms] of [
      [true, true, 500],
      [false, true, 5_000],
      [true, false, 5_000],
    ] as const) {
      const { progress, wait, written } = record(isTTY, enabled);
      wait(ms);
      progress.update("scan", 6, 10);
      progress.end();
      expect(written).toEqual([]);
    }
  });

  it("starts its estimate anew where a stage counts something else", () => {
    const { progress, wait, written } = record(true, true);
    progress.update("types", 0, 0);
    wait(60_000);
    progress.update("types", 1_000, 0);
    progress.update("types", 0, 4);
    wait(1_000);
    progress.update("types", 2, 4);
    expect(written.at(-1)).toBe("\r\x1b[Ktypes 2/4 (50 %, about 1 s left)");
  });

  it("every stage of a run says how far it is, of how much", async () => {
    const root = fileURLToPath(new URL("../../fixtures/projects/gateway", import.meta.url));
    const counts = new Map<string, [number, number][]>();
    await runMigrate({
      ...{ root, config: DEFAULT_CONFIG, write: false, allowDirty: false, minConfidence: "proven" },
      ...{ settle: true, mark: false, verifyTypes: true, failOnManual: false },
      onProgress: (stage, done, total) =>
        counts.set(stage, [
          ...(counts.get(stage) ?? []),
          ...(total > 0 ? [[done, total] as [number, number]] : []),
        ]),
    });
    expect([...counts.keys()]).toEqual(["discover", "analyze", "plan", "apply", "types", "verify"]);
    for (const [stage, seen] of counts) {
      expect(seen.length, stage).toBeGreaterThan(0);
      for (const [done, total] of seen) expect(done, stage).toBeLessThanOrEqual(total);
    }
  });

  it("never wraps", () => {
    const { progress, wait, written } = record(true, true);
    wait(2_000);
    progress.update("x".repeat(500), 1, 2);
    expect(written[0]!.length).toBeLessThanOrEqual("\r\x1b[K".length + 59);
  });

  it.each([
    [0, 0, "scan …"],
    [12, 0, "scan … 12 files read"],
    [0, 10, "scan 0/10 (0 %)"],
    [10, 10, "scan 10/10 (100 %)"],
    [11, 10, "scan 11/10 (100 %)"],
  ])("%i of %i reads %s", (done, total, line) => {
    expect(progressLine("scan", done, total, 1_000)).toBe(line);
  });
});
