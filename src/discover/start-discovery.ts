import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { NothingScannedError, UserError } from "../shared/errors.ts";
import { discover } from "./discover.ts";
import type { DiscoveryMessage } from "./discovery-thread.ts";
import { KeptBytes } from "./keep-bytes.ts";
import { openWorkspace } from "./open-workspace.ts";
import type { DiscoverOptions, SourceFileText, Workspace } from "./workspace.ts";

/** A discovery under way. */
export interface Discovery {
  /**
   * Waits for its end.
   *
   * @param onHit called for each hit in the order of their paths, those found so far included: while others are still
   *   looked for, these can be parsed
   * @returns what `discover` would have returned. @throws what `discover` would have thrown
   */
  finish(onHit?: (hit: SourceFileText) => void): Promise<Workspace>;
}

/**
 * Starts a discovery in a thread of its own, so that this one can load the compiler meanwhile: on a large tree the two
 * take about as long as each other.
 */
export function startDiscovery(options: DiscoverOptions): Discovery {
  const thread = new URL("discovery-thread.js", import.meta.url);
  // Run from TypeScript (this project's own tests), there is no built thread to start.
  if (!existsSync(thread)) return { finish: async (onHit) => discover({ ...options, onHit }) };
  const { onProgress, ...plain } = options;
  const hits: SourceFileText[] = [];
  let told = 0;
  let tellHits: (() => void) | undefined;
  const workspace = new Promise<Workspace>((resolve, reject) => {
    const worker = new Worker(thread, { workerData: plain });
    worker.on("message", (message: DiscoveryMessage) => {
      if (message.kind === "hit") {
        hits.push(message.hit);
        tellHits?.();
      } else if (message.kind === "progress") onProgress?.(message.done, message.total);
      else if (message.kind === "done")
        resolve(openWorkspace({ ...message.scan, hits, kept: KeptBytes.unpack(message.kept) }));
      else {
        const Refusal = message.nothingScanned ? NothingScannedError : UserError;
        reject(new Refusal(message.message, message.hint));
      }
    });
    worker.on("error", reject);
    worker.on("exit", () => reject(new Error("The scan ended without a result.")));
  });
  // Nobody may be waiting yet when it fails; `finish` throws it.
  workspace.catch(() => {});
  return {
    finish(onHit) {
      tellHits = () => {
        for (; told < hits.length; told += 1) onHit?.(hits[told]!);
      };
      tellHits();
      return workspace;
    },
  };
}
