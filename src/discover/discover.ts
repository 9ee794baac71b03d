import assert from "node:assert/strict";
import { makeFolderCheck } from "./confine-folders.ts";
import { explainNothingScanned } from "./explain-nothing-scanned.ts";
import { KeptBytes } from "./keep-bytes.ts";
import { listFiles } from "./list-files.ts";
import { openWorkspace, type Scan } from "./open-workspace.ts";
import { resolveRoot } from "./resolve-root.ts";
import { makeScanner } from "./scan-files.ts";
import { selectFiles } from "./select-files.ts";
import type { DiscoverOptions, SkipReason, SourceFileText, Workspace } from "./workspace.ts";

const PROGRESS_STEP = 500;

/**
 * Lists the source files below a root, reads each one once and searches it for the prefilter words. Synchronous.
 *
 * Nothing below the root is executed, and nothing outside of it is read.
 *
 * @throws UserError when the root is no folder or a glob is refused
 * @throws NothingScannedError when the root does not exist, an include glob matches nothing, or nothing is left to scan
 */
export function discover(options: DiscoverOptions): Workspace {
  return openWorkspace(scanFolder(options));
}

/** The scan behind `discover`, as plain data. @throws as `discover` does */
export function scanFolder(options: DiscoverOptions): Scan {
  const root = resolveRoot(options.root);
  const list = listFiles(root);
  const selection = selectFiles(root, list, options);

  const kept = new KeptBytes();
  const scan = makeScanner(root, options, kept, makeFolderCheck(root));
  const scanned: string[] = [];
  const hits: SourceFileText[] = [];
  const skipped: { file: string; reason: SkipReason }[] = [...selection.skipped];
  const failed: { file: string; message: string }[] = [...selection.failed];
  const unjudged: string[] = [];
  let bytes = 0;
  let gone = 0;
  for (const [done, file] of selection.files.entries()) {
    if (done % PROGRESS_STEP === 0) options.onProgress?.(done, selection.files.length);
    const outcome = scan(file);
    if (outcome.kind === "skipped") {
      skipped.push({ file, reason: outcome.reason });
      if (outcome.unjudged) unjudged.push(file);
    } else if (outcome.kind === "failed") failed.push({ file, message: outcome.message });
    else if (outcome.kind === "gone") gone += 1;
    else {
      scanned.push(file);
      bytes += outcome.bytes;
      if (outcome.hit !== null) {
        hits.push(outcome.hit);
        options.onHit?.(outcome.hit);
      }
    }
  }
  options.onProgress?.(selection.files.length, selection.files.length);

  const discovered = selection.discovered - gone;
  assert.equal(
    scanned.length + skipped.length + failed.length,
    discovered,
    "every discovered file is scanned, skipped or failed",
  );
  if (scanned.length === 0 && failed.length === 0) throw explainNothingScanned(root, list, skipped);
  return {
    root,
    listedBy: list.listedBy,
    discovered,
    scanned,
    hits,
    skipped: skipped.sort(byFile),
    failed: failed.sort(byFile),
    unjudged,
    bytes,
    kept,
  };
}

function byFile(a: { readonly file: string }, b: { readonly file: string }): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}
