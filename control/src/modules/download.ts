// One GET, with limits on its size and on its time.
import { ModuleFailure } from "./failure.ts";

export interface DownloadOptions {
  headers?: Record<string, string>;
  bytesMax: number;
  timeoutMs: number;
  /** Ends it early. */
  signal?: AbortSignal;
}

export interface Downloaded {
  status: number;
  headers: Headers;
  /** Empty for an answer that is no success. */
  bytes: Uint8Array;
}

export async function download(url: string, options: DownloadOptions): Promise<Downloaded> {
  const { headers = {}, bytesMax, timeoutMs, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const host = new URL(url).host;
  try {
    const response = await fetch(url, { headers: { "user-agent": "weir", ...headers }, signal: either });
    if (response.ok)
      return { status: response.status, headers: response.headers, bytes: await read(response, bytesMax) };
    await response.body?.cancel();
    return { status: response.status, headers: response.headers, bytes: new Uint8Array() };
  } catch (error) {
    if (error instanceof ModuleFailure) throw error;
    const reason = timeout.aborted
      ? `did not answer within ${timeoutMs / 1000} s`
      : `cannot be reached: ${causeOf(error)}`;
    throw new ModuleFailure("FetchFailed", `${host} ${reason}`);
  }
}

async function read(response: Response, bytesMax: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  // A length that is told may be wrong, and need not be told.
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > bytesMax) throw new ModuleFailure("FetchFailed", `It is larger than ${bytesMax / 2 ** 20} MiB`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Node hides what happened to the connection behind "fetch failed". */
function causeOf(error: unknown): string {
  const { cause, message } = error as Error;
  const { code } = (cause ?? {}) as { code?: string };
  return code ?? (cause instanceof Error && cause.message ? cause.message : message);
}
