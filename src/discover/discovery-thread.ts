/** The thread of one discovery: scans, tells each hit when it is found, and hands the scan over at the end. */
import { parentPort, workerData } from "node:worker_threads";
import { NothingScannedError, UserError } from "../shared/errors.ts";
import { scanFolder } from "./discover.ts";
import type { PackedBytes } from "./keep-bytes.ts";
import type { Scan } from "./open-workspace.ts";
import type { DiscoverOptions, SourceFileText } from "./workspace.ts";

export type DiscoveryMessage =
  | { readonly kind: "hit"; readonly hit: SourceFileText }
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "done"; readonly scan: Omit<Scan, "kept" | "hits">; readonly kept: PackedBytes }
  | {
      readonly kind: "refused";
      readonly nothingScanned: boolean;
      readonly message: string;
      readonly hint: string | undefined;
    };

const port = parentPort!;
const tell = (message: DiscoveryMessage, moved: ArrayBuffer[] = []): void => port.postMessage(message, moved);

try {
  const {
    kept,
    hits: _told,
    ...scan
  } = scanFolder({
    ...(workerData as DiscoverOptions),
    onHit: (hit) => tell({ kind: "hit", hit }),
    onProgress: (done, total) => tell({ kind: "progress", done, total }),
  });
  const packed = kept.pack();
  tell({ kind: "done", scan, kept: packed }, [...packed.blocks]);
} catch (error) {
  // Classes do not survive the way between threads; a sentence for the user has to.
  if (!(error instanceof UserError)) throw error;
  const { message, hint } = error;
  tell({ kind: "refused", nothingScanned: error instanceof NothingScannedError, message, hint });
}
