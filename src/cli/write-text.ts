import { UserError } from "../shared/errors.ts";
import type { OutputStream } from "./context.ts";

/** What a stream says once nobody reads it any more. */
export const GONE: ReadonlySet<string> = new Set([
  "EPIPE",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
]);

const MIN_WIDTH = 40;
const DEFAULT_WIDTH = 100;

/** Columns of a terminal; a usual number where the stream is none, or one that does not know. */
export function widthOf(stream: OutputStream): number {
  const columns = stream.columns ?? 0;
  return columns === 0 ? DEFAULT_WIDTH : Math.max(MIN_WIDTH, columns);
}

/**
 * Writes all of a text and waits until the stream took it, so that no pipe ends in half a document. A reader that
 * went away (`| head`) ends the writing without an error: the exit code is about the run, not about the reader.
 * @throws UserError when the output cannot be written, as to a full disk
 */
export async function writeText(stream: OutputStream, text: string): Promise<void> {
  if (text === "") return;
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error?: Error | null) => {
      const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
      if (!error || GONE.has(code ?? "")) resolve();
      else if (code === undefined) reject(error);
      else
        reject(
          new UserError(
            `The output cannot be written (${code}).`,
            "Check where it goes, and the space there.",
          ),
        );
    });
  });
}
