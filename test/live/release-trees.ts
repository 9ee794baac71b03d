import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { runCli } from "../helpers/run-cli.ts";
import { placesOf } from "./install-release.ts";

/** - `unmigrated`: the release, with the registry put beside it and nobody using it
 *  - `migrated`: by `migrate --write`, then `registry add`
 *  - `raw-key`: the migrated one, with the keys replaced by nearer ones that compile as well */
export type Variant = "unmigrated" | "migrated" | "raw-key";
/** `as-released`, or with a stop written into `sessions.reset`, which this release does not have yet. */
export type Shape = "as-released" | "stopping-reset";

export const VARIANTS: readonly Variant[] = ["migrated", "unmigrated", "raw-key"];
const SESSIONS = "dist/gateway/server-methods/sessions.js";
const ABORT = "dist/auto-reply/reply/abort.js";

/**
 * Makes every tree below a temporary folder.
 * @param installed where the release was installed
 * @returns where the tree of a shape and a variant is
 */
export async function makeTrees(
  folder: string,
  installed: string,
): Promise<(shape: Shape, variant: Variant) => string> {
  const release = placesOf(installed);
  await symlink(release.nodeModules, path.join(folder, "node_modules"));
  const treeOf = (shape: Shape, variant: Variant) => path.join(folder, shape, variant);
  for (const shape of ["as-released", "stopping-reset"] as const) {
    for (const variant of VARIANTS) {
      const tree = treeOf(shape, variant);
      await mkdir(tree, { recursive: true });
      for (const part of ["dist", "package.json"])
        await cp(path.join(release.package, part), path.join(tree, part), { recursive: true });
      if (shape === "stopping-reset") await writeStopIntoReset(tree);
      if (variant !== "unmigrated") await succeed(["migrate", tree, "--write", "--allow-dirty", "--quiet"]);
      const place = variant === "unmigrated" ? ["--path", "dist/agents/session-run-registry.js"] : [];
      await succeed(["registry", "add", tree, ...place]);
      if (variant === "raw-key") await useRawKeys(tree, shape);
    }
  }
  return treeOf;
}

async function succeed(args: string[]): Promise<void> {
  const { code, stdout, stderr } = await runCli(args);
  if (code !== 0) throw new Error(`rewire-abort ${args.join(" ")} exited ${code}:\n${stdout}${stderr}`);
}

/**
 * In this release `sessions.reset` stops nothing: it only rotates the id. Later ones stop the run first, in a function
 * that delete and reset share. This is that shape in our own words, on the legacy engine, before the migration.
 */
async function writeStopIntoReset(tree: string): Promise<void> {
  await edit(path.join(tree, SESSIONS), [
    [
      /export const sessionsHandlers = \{/g,
      1,
      `async function ensureSessionRuntimeCleanup(params) {
    const queueKeys = new Set(params.target.storeKeys);
    queueKeys.add(params.target.canonicalKey);
    if (params.sessionId) {
        queueKeys.add(params.sessionId);
    }
    clearSessionQueues([...queueKeys]);
    if (!params.sessionId) {
        return undefined;
    }
    abortEmbeddedPiRun(params.sessionId);
    const ended = await waitForEmbeddedPiRunEnd(params.sessionId, 15_000);
    return ended ? undefined : errorShape(ErrorCodes.UNAVAILABLE, \`\${params.key} still runs\`);
}
$&`,
    ],
    [
      /^ *const next = await updateSessionStore\(/gm,
      1,
      `        const cleanupError = await ensureSessionRuntimeCleanup({ key, target, sessionId: loadSessionEntry(key).entry?.sessionId });
        if (cleanupError) {
            respond(false, undefined, cleanupError);
            return;
        }
$&`,
    ],
  ]);
}

/** The keys that stand nearer than the right ones: what a careless rewrite takes. */
async function useRawKeys(tree: string, shape: Shape): Promise<void> {
  await edit(path.join(tree, SESSIONS), [
    [/(?<=(?:killSessionRun|waitForSessionRunEnd)\()target\.canonicalKey\b/g, 2, "key"],
    [
      /(?<=(?:killSessionRun|waitForSessionRunEnd)\()params\.target\.canonicalKey\b/g,
      shape === "stopping-reset" ? 2 : 0,
      "params.key",
    ],
  ]);
  await edit(path.join(tree, ABORT), [
    [/(?<=killSessionRun\()childKey\b/g, 1, "requesterKey"],
    [/(?<=(?:killSessionRun|waitForSessionRunEnd)\()key \?\? targetKey\b/g, 2, "ctx.SessionKey"],
  ]);
}

/** Replaces text, and fails unless it is there exactly as often as expected. */
async function edit(file: string, steps: readonly (readonly [RegExp, number, string])[]): Promise<void> {
  let text = await readFile(file, "utf8");
  for (const [pattern, times, replacement] of steps) {
    const found = text.match(pattern)?.length ?? 0;
    if (found !== times) throw new Error(`${file}: ${pattern} found ${found} times, not ${times}`);
    text = text.replace(pattern, replacement);
  }
  await writeFile(file, text);
}
