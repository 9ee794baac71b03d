import type { Config } from "./config.ts";

/** The file looked for in the root. */
export const CONFIG_FILE = "rewire-abort.json";

/** The ledger that is read when the config names no other. */
export const LEDGER_FILE = "rewire-abort-ledger.json";

/** What holds without a config file. */
export const DEFAULT_CONFIG: Config = {
  migration: {},
  include: [],
  exclude: [],
  floors: {},
  rules: {},
  ledger: LEDGER_FILE,
};
