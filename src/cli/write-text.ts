import type { OutputStream } from "./context.ts";

/** What a stream says once nobody reads it any more. */
export const GONE: ReadonlySet<string> = new Set([
  "EPIPE",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
]);

/**
 * Writes all of a text and waits until the stream took it, so that no pipe ends in half a document. A reader that
 * went away (`| head`) ends the writing without an error: the exit code is about the run, not about the reader.
 */
export async function writeText(stream: OutputStream, text: string): Promise<void> {
  if (text === "") return;
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error?: Error | null) => {
      if (error && !GONE.has((error as NodeJS.ErrnoException).code ?? "")) reject(error);
      else resolve();
    });
  });
}
