import { readBytes } from "./read-bytes.ts";

const BLOCK_BYTES = 16 * 1024 * 1024;
/** beyond this, files are read again by need instead of being kept */
const KEEP_BYTES = 256 * 1024 * 1024;

/** Kept bytes on their way to another thread: the blocks move, nothing is copied. */
export interface PackedBytes {
  readonly limit: number;
  readonly blocks: readonly ArrayBuffer[];
  /** Names with a NUL between them, which no name holds: ten thousand strings take their time from thread to thread. */
  readonly files: string;
  /** of each file: index of its block, offset, length */
  readonly places: Uint32Array;
}

/**
 * Reads files once and keeps their bytes in a few large blocks, so that later questions (which files hold this
 * string?) cost a memory scan and see the very bytes that were scanned first.
 */
export class KeptBytes {
  #block = Buffer.alloc(0);
  #used = 0;
  #total = 0;
  readonly #kept = new Map<string, Buffer>();
  readonly #limit: number;

  /** @param limit bytes to keep; files beyond it are only lent out. @default 256 MiB */
  constructor(limit = KEEP_BYTES) {
    this.#limit = limit;
  }

  /**
   * Reads a file and hands out a view of its bytes, valid until the next call unless it was kept.
   *
   * @param file key to keep it by
   * @param path absolute path
   * @param size expected size in bytes
   * @returns the bytes, or null when the file grew while it was read
   * @throws the file system's error
   */
  read(file: string, path: string, size: number): Buffer | null {
    // one byte more than expected: a short answer then proves the end was reached without another call
    if (this.#block.length - this.#used < size + 1) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, size + 1));
      this.#used = 0;
    }
    const window = this.#block.subarray(this.#used, this.#used + size + 1);
    const count = readBytes(path, window, 0);
    if (count === null || count > size) return null;
    const bytes = this.#block.subarray(this.#used, this.#used + count);
    if (this.#total + count <= this.#limit) {
      this.#kept.set(file, bytes);
      this.#total += count;
      this.#used += count;
    }
    return bytes;
  }

  get(file: string): Buffer | undefined {
    return this.#kept.get(file);
  }

  /** Takes everything out, to be sent to another thread: afterwards this one is empty. */
  pack(): PackedBytes {
    const blocks = new Map<ArrayBuffer, number>();
    const files = [...this.#kept.keys()].join("\0");
    const places = new Uint32Array(this.#kept.size * 3);
    let at = 0;
    for (const { buffer, byteOffset, length } of this.#kept.values()) {
      const block = buffer as ArrayBuffer;
      if (!blocks.has(block)) blocks.set(block, blocks.size);
      places.set([blocks.get(block)!, byteOffset, length], at);
      at += 3;
    }
    this.#kept.clear();
    this.#block = Buffer.alloc(0);
    this.#used = 0;
    return { limit: this.#limit, blocks: [...blocks.keys()], files, places };
  }

  static unpack({ limit, blocks, files, places }: PackedBytes): KeptBytes {
    const bytes = new KeptBytes(limit);
    const whole = blocks.map((block) => Buffer.from(block));
    for (const [index, file] of (files === "" ? [] : files.split("\0")).entries()) {
      const [block, offset, length] = [places[index * 3]!, places[index * 3 + 1]!, places[index * 3 + 2]!];
      bytes.#kept.set(file, whole[block]!.subarray(offset, offset + length));
      bytes.#total += length;
    }
    return bytes;
  }

  /** Forgets a file that turned out not to be part of the scan. */
  drop(file: string): void {
    this.#kept.delete(file);
  }
}
