import type { Stages } from "./stages.ts";

/** A stream that text goes to. */
export type OutputStream = Pick<NodeJS.WritableStream, "write"> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** The world outside, handed in once by `main.ts`, so that every command runs in a test without a process. */
export interface CliContext {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** YYYY-MM-DD, for the expiry of ledger entries */
  readonly today: string;
  readonly stages: Stages;
}
