import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const gateway = fileURLToPath(new URL("../../fixtures/projects/gateway", import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), "rewire-abort-deep-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CALL = `import { abortEmbeddedPiRun } from "./agents/pi-embedded.js";
export const stop = (entry: { sessionId: string }) => abortEmbeddedPiRun(entry.sessionId);
`;

/** What both commands say of the example with one file more. */
async function told(value: string) {
  const root = mkdtempSync(path.join(folder, "project-"));
  cpSync(gateway, root, { recursive: true });
  writeFileSync(path.join(root, "src/deep.ts"), `${CALL}export const deep = ${value};\n`);
  const runs = ["check", "migrate"].map((command) => runCli([command, root, "--format=json", "--quiet"]));
  return (await Promise.all(runs)).map(({ code, stdout }) => {
    const { files, findings = [], sites = [] } = JSON.parse(stdout);
    return { code, failed: files.failed, others: findings.length + sites.length > 0 };
  });
}

describe("a file that is nested too deeply", () => {
  it.each([
    ["parentheses", `${"(".repeat(1000)}1${")".repeat(1000)}`],
    ["operands", Array(2500).fill('"a"').join(" + ")],
    ["calls", `stop${".bind()".repeat(1500)}`],
  ])("is named, and the rest goes on: %s", async (_, value) => {
    const failed = [{ file: "src/deep.ts", message: "too deeply nested to parse" }];
    expect(await told(value)).toEqual([
      { code: 2, failed, others: true },
      { code: 2, failed, others: true },
    ]);
  });

  it("is not one with a thousand operands", async () => {
    const runs = await told(Array(1000).fill('"a"').join(" + "));
    expect(runs).toEqual([
      { code: 1, failed: [], others: true },
      { code: 0, failed: [], others: true },
    ]);
  });
});
