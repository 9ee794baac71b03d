import { readFileSync } from "node:fs";
import { UserError } from "../../src/shared/errors.ts";
import { realFileSystem, type WriteFileSystem } from "../../src/write/file-system.ts";
import { writeChanges } from "../../src/write/write-changes.ts";
import type { WriteRequest } from "../../src/write/write-request.ts";

/** What a test tells the process that it is about to kill. */
export interface DriverOrder {
  readonly request: WriteRequest;
  /** number of the file system call at which the process sends itself `signal`; a write gets half-way first */
  readonly at?: number;
  readonly signal?: NodeJS.Signals;
  /** number of the rename before which it does so instead */
  readonly atRename?: number;
  /** every rename fails as if an editor held the file */
  readonly held?: boolean;
}

/** What the process prints when it lives to say so. */
export interface DriverAnswer {
  readonly calls: number;
  readonly written?: readonly string[];
  readonly error?: string;
  readonly message?: string;
  readonly outcome?: { readonly replaced: readonly string[]; readonly untouched: readonly string[] };
}

async function main(order: DriverOrder): Promise<void> {
  let calls = 0;
  let renames = 0;
  const strike = () => {
    calls += 1;
    return calls === order.at;
  };
  const kill = () => process.kill(process.pid, order.signal ?? "SIGKILL");
  const wrapped: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(realFileSystem) as [
    string,
    (...values: unknown[]) => unknown,
  ][]) {
    wrapped[name] = (...values: unknown[]) => {
      const isRename = name === "renameSync";
      if (isRename) renames += 1;
      if (strike() || (isRename && renames === order.atRename)) kill();
      if (isRename && order.held) {
        process.stdout.write("held\n");
        throw Object.assign(new Error("held"), { code: "EBUSY" });
      }
      return call(...values);
    };
  }
  wrapped["writeSync"] = (descriptor: number, bytes: Uint8Array, offset: number, length: number) => {
    // every file takes two writes, with a chance to die between them
    const count = realFileSystem.writeSync(
      descriptor,
      bytes,
      offset,
      offset === 0 ? Math.ceil(length / 2) : length,
    );
    if (strike()) kill();
    return count;
  };
  const answer = (value: Omit<DriverAnswer, "calls">) =>
    process.stdout.write(`${JSON.stringify({ calls, ...value })}\n`);
  process.stdout.write("start\n");
  try {
    const { written } = await writeChanges(order.request, wrapped as unknown as WriteFileSystem);
    answer({ written });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { exitCode = 2, outcome } = error as { exitCode?: number; outcome?: DriverAnswer["outcome"] };
    answer({ error: error.name, message: error.message, outcome });
    process.exitCode = exitCode;
  }
}

await main(JSON.parse(readFileSync(process.argv[2]!, "utf8")) as DriverOrder);
