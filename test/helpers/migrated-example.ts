import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Analysis, RegistryCall } from "../../src/analyze/analysis.ts";
import { analyze } from "../../src/analyze/analyze.ts";
import { textWorkspace } from "../../src/apply/text-workspace.ts";
import { checkAnalysis } from "../../src/check/check.ts";
import type { Finding } from "../../src/check/finding.ts";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import { checkWords } from "../../src/migration/migration.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { runMigrate } from "../../src/pipeline.ts";
import { applyEdits } from "../../src/shared/location.ts";
import { removeFolder } from "./temp-project.ts";

const repo = fileURLToPath(new URL("../..", import.meta.url));
const gateway = join(repo, "fixtures/projects/gateway");
const REGISTRY = "src/agents/session-run-registry.ts";

interface ByHand {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The bundled example in memory, migrated, and what the gate says about it and about changes of it. */
export interface MigratedExample {
  readonly texts: ReadonlyMap<string, string>;
  /** the kills and waits of production code */
  readonly calls: readonly RegistryCall[];
  /** Asks the gate about the example with some files changed; what does not parse is an error of the test. */
  check(changes?: ReadonlyMap<string, string>): readonly Finding[];
}

/** Migrates the example: the tool's own edits, the registry, and the edits that are left to a person. */
export async function migrateExample(): Promise<MigratedExample> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rewire-abort-example-")));
  try {
    cpSync(gateway, root, { recursive: true });
    const { result } = await runMigrate({
      root,
      config: DEFAULT_CONFIG,
      write: false,
      allowDirty: true,
      minConfidence: "proven",
      settle: true,
      mark: false,
      verifyTypes: false,
      failOnManual: false,
    });
    const texts = new Map(
      readdirSync(root, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => [file.split(sep).join("/"), readFileSync(join(root, file), "utf8")] as const),
    );
    for (const { file, edits } of result.changes) texts.set(file, applyEdits(texts.get(file)!, edits));
    texts.set(REGISTRY, readFileSync(join(repo, "src/registry/session-run-registry.ts"), "utf8"));
    for (const { file, find, replace } of JSON.parse(
      readFileSync(join(gateway, "by-hand.json"), "utf8"),
    ) as ByHand[])
      texts.set(file, texts.get(file)!.replace(find, replace));
    const green = analyzeTexts(texts);
    return {
      texts,
      calls: green.registryCalls.filter(
        ({ role, inTest }) => !inTest && (role === "kill" || role === "wait"),
      ),
      check: (changes = new Map()) => {
        const changed = new Map([...texts, ...changes]);
        return judge(changed, analyzeTexts(changed, green));
      },
    };
  } finally {
    removeFolder(root);
  }
}

/** Only what the prefilter lets through is a hit, as on disk. */
function analyzeTexts(texts: ReadonlyMap<string, string>, before?: Analysis): Analysis {
  const words = checkWords(piToSessionRun).pattern;
  const hits = new Map([...texts].filter(([, text]) => words.test(text)));
  return analyze(textWorkspace(hits, textWorkspace(texts)), piToSessionRun, {
    keys: "by-need",
    ...(before ? { before } : {}),
  });
}

function judge(texts: ReadonlyMap<string, string>, analysis: Analysis): readonly Finding[] {
  if (analysis.failed.length > 0)
    throw new Error(analysis.failed.map(({ file, message }) => `${file} ${message}`).join("; "));
  return checkAnalysis({
    analysis,
    migration: piToSessionRun,
    files: [...texts].map(([path, text]) => ({ path, text })),
    today: "2026-01-01",
  }).findings;
}
