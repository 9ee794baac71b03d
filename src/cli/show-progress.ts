import { countOf } from "../report/fit-text.ts";
import type { OutputStream } from "./context.ts";

/** Shows where a long run is. */
export interface Progress {
  /** called by the stages; cheap to call often */
  update(stage: string, done: number, total: number): void;
  /** takes the line away again */
  end(): void;
}

const SHOW_AFTER_MS = 1_000;
const REDRAW_MS = 100;

/**
 * A line on stderr that replaces itself, from one second into a run on; nothing where stderr is no terminal.
 * @param now clock in milliseconds
 */
export function createProgress(stream: OutputStream, enabled: boolean, now: () => number): Progress {
  if (!enabled || stream.isTTY !== true) return { update: () => {}, end: () => {} };
  const started = now();
  let stageStarted = started;
  let current = "";
  let counted = 0;
  let drawn = 0;
  return {
    update(stage, done, total) {
      const at = now();
      // A stage that starts to count something else is as good as another one: its pace is new.
      if (stage !== current || total !== counted) {
        current = stage;
        counted = total;
        stageStarted = at;
      } else if (at - drawn < REDRAW_MS && done !== total) return;
      if (at - started < SHOW_AFTER_MS) return;
      drawn = at;
      const line = progressLine(stage, done, total, at - stageStarted).slice(
        0,
        Math.max(20, (stream.columns ?? 80) - 1),
      );
      stream.write(`\r\x1b[K${line}`);
    },
    end() {
      if (drawn !== 0) stream.write("\r\x1b[K");
      drawn = 0;
    },
  };
}

/** @param elapsed milliseconds that this stage has taken so far */
export function progressLine(stage: string, done: number, total: number, elapsed: number): string {
  if (total <= 0) return done > 0 ? `${stage} … ${countOf(done, "file")} read` : `${stage} …`;
  const share = Math.min(1, done / total);
  const left = done > 0 && done < total ? Math.ceil(((elapsed / done) * (total - done)) / 1_000) : 0;
  const time = left > 0 ? `, about ${left} s left` : "";
  return `${stage} ${done}/${total} (${Math.floor(share * 100)} %${time})`;
}
