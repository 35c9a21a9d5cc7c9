// Asks a running control plane over HTTP.
import { Option } from "commander";
import { defaultControlUrl } from "./control-plane.ts";
import { messageOf, UserError } from "./user-error.ts";

const timeoutMs = 5_000;

/** Where it is. */
export function controlOption(): Option {
  const usual = process.env["WEIR_CONTROL"] ?? defaultControlUrl;
  return new Option("--control <url>", "the control plane's HTTP address").default(usual);
}

/** Its answer, as JSON. Throws `UserError` where nobody answers. */
export async function askControl<T>(control: string, path: string): Promise<T> {
  const url = URL.parse(path, control);
  if (!url) throw new UserError(`--control ${control} is no URL; it looks like ${defaultControlUrl}`);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return (await response.json()) as T;
  } catch (error) {
    const cause = (error as Error).cause;
    throw new UserError(
      `No control plane at ${control} (${messageOf(cause ?? error)}). ` +
        `Start one with weir run, or name another with --control`,
      { cause: error },
    );
  }
}
