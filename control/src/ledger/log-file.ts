// A file of whole lines that somebody else goes on writing: which one it is, and the next lines after a position.
import { createHash } from "node:crypto";
import { open, stat, type FileHandle } from "node:fs/promises";

/**
 * A line is some two kilobytes, and with a prompt and an answer at most these twice over, each quote in them escaped. A
 * longer one than this is none of the log's.
 */
const lineBytesMax = 512 * 1024;
/** What one transaction takes in: little enough that this process has time for other things between two. */
const chunkBytes = lineBytesMax;
const newline = 0x0a;

export interface Lines {
  /** Bytes: behind the last of the lines. */
  to: number;
  lines: string[];
}

export class LogFile {
  readonly #file: FileHandle;
  readonly path: string;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** Null where there is none. */
  static async open(path: string): Promise<LogFile | null> {
    try {
      return new LogFile(path, await open(path, "r"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  async size(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  /**
   * A hash of its first line, null while that is not whole. The line holds an id of its own, so the hash stays when the
   * file grows, is renamed or copied, and is never that of another file, as an inode may be.
   */
  async fingerprint(): Promise<string | null> {
    const head = await this.#read(0, lineBytesMax);
    const end = head.indexOf(newline);
    if (end >= 0) return hash(head.subarray(0, end));
    // What has no end for so long is no log; it must not hold up what follows it either.
    return head.length === lineBytesMax ? hash(head) : null;
  }

  /** The same for a file that does not grow any more: its first line may have no end. */
  async lastFingerprint(): Promise<string> {
    return (await this.fingerprint()) ?? hash(await this.#read(0, lineBytesMax));
  }

  /** The whole lines from a position on, as many as a chunk holds; null where there is none yet. */
  async lines(from: number): Promise<Lines | null> {
    const chunk = await this.#read(from, chunkBytes);
    const end = chunk.lastIndexOf(newline);
    if (end >= 0) return split(chunk.subarray(0, end + 1), from);
    if (chunk.length < lineBytesMax) return null;
    // A line too long is passed over in pieces, each of which counts as unreadable.
    return { to: from + chunk.length, lines: [""] };
  }

  /** What is left when nothing will follow: at most one line, without its end. */
  async rest(from: number): Promise<Lines | null> {
    const chunk = await this.#read(from, chunkBytes);
    return chunk.length === 0 ? null : split(chunk, from);
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #read(from: number, bytesMax: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(bytesMax);
    let length = 0;
    while (length < bytesMax) {
      const { bytesRead } = await this.#file.read(buffer, length, bytesMax - length, from + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  }
}

function hash(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function split(chunk: Buffer, from: number): Lines {
  const lines = chunk.toString("utf8").split("\n");
  // Nothing stands behind the last line's end.
  if (chunk.at(-1) === newline) lines.pop();
  return { to: from + chunk.length, lines };
}

/** Null where there is none. */
export async function fileSize(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}
