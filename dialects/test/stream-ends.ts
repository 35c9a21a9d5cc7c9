// How each dialect of clients ends a stream: as it should, and with an error. Every client dialect has its row.

/** Matches, with the flags `gm`, what a stream of the dialect holds exactly once. */
interface StreamEnds {
  /** The end of an answer that is whole. */
  end: string;
  /** An error. */
  error: string;
  /** Whether a call goes out when its arguments are whole, not before. */
  hasWholeCalls?: boolean;
}

const rows: Record<string, StreamEnds> = {
  "openai-chat": { end: String.raw`^data: \[DONE\]$`, error: String.raw`^data: \{"error":\{` },
  "openai-completions": { end: String.raw`^data: \[DONE\]$`, error: String.raw`^data: \{"error":\{` },
  anthropic: { end: String.raw`^data: \{"type":"message_stop"`, error: String.raw`^data: \{"type":"error","error":\{` },
  "openai-responses": {
    end: String.raw`^data: \{"type":"response\.(completed|incomplete)"`,
    error: String.raw`^data: \{"type":"error"`,
  },
  gemini: { end: String.raw`^data: .*"finishReason":"`, error: String.raw`^\{"error":\{`, hasWholeCalls: true },
};

/** Whether `dialect` holds a call back until its arguments are whole. */
export function hasWholeCalls(dialect: string): boolean {
  return rows[dialect]?.hasWholeCalls ?? false;
}

/** How often a stream for a client of `dialect` ends well, and how often with an error. */
export function countEnds(dialect: string, stream: string): { ends: number; errors: number } {
  const row = rows[dialect];
  if (!row) throw new Error(`dialects/test/stream-ends.ts says nothing of ${dialect}`);
  const count = (pattern: string): number => stream.match(new RegExp(pattern, "gm"))?.length ?? 0;
  return { ends: count(row.end), errors: count(row.error) };
}
