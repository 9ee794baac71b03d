import { readFileSync } from "node:fs";
import path from "node:path";
import type { CheckOptions } from "../cli/stages.ts";
import type { Workspace } from "../discover/workspace.ts";
import type { Finding } from "./finding.ts";
import { type Ledger, parseLedger } from "./parse-ledger.ts";

/** What excuses findings besides comments, and findings about the gate itself. */
export interface Policy {
  readonly ledger: Ledger | null;
  readonly findings: readonly Finding[];
  readonly warnings: readonly string[];
}

/** Reads the ledger that the config names. A ledger that is not there accepts nothing. */
export function readPolicy(workspace: Workspace, options: CheckOptions): Policy {
  const file = path.join(workspace.root, options.config.ledger);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      return { ledger: null, findings: [], warnings: [] };
    throw error;
  }
  return { ledger: parseLedger(text, options.config.ledger), findings: [], warnings: [] };
}
