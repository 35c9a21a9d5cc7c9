// Asks a running Weir's admin API, for commands. The token comes from the environment: others see command lines.
import { messageOf, UserError } from "./user-error.ts";

export const defaultAdminUrl = "http://127.0.0.1:18002";
const timeoutMs = 40_000;

interface Problem {
  path: string;
  message: string;
  fix: string;
}

/** Gives the answer's JSON. Throws `UserError` with what the API says. */
export async function askAdmin<T>(admin: string, method: string, path: string, body?: object): Promise<T> {
  const token = process.env["WEIR_ADMIN_TOKEN"];
  if (!token) throw new UserError("Set WEIR_ADMIN_TOKEN to one of admin.tokens of the configuration");
  const url = URL.parse(path, admin);
  if (!url) throw new UserError(`--admin ${admin} is no URL; it looks like ${defaultAdminUrl}`);
  const response = await request(url, admin, { method, token, body });
  const answer = (await response.json().catch(() => null)) as (T & { message?: string; problems?: Problem[] }) | null;
  if (response.ok) return answer as T;
  const problems = (answer?.problems ?? []).map(({ path, message, fix }) => `\n  ${path}: ${message}. ${fix}`);
  throw new UserError(`${answer?.message ?? `The admin API answered ${response.status}`}${problems.join("")}`);
}

interface Request {
  method: string;
  token: string;
  body: object | undefined;
}

async function request(url: URL, admin: string, { method, token, body }: Request): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await fetch(url, {
      method,
      headers,
      signal,
      redirect: "error",
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch (error) {
    const why = messageOf((error as Error).cause ?? error);
    const fix = "Start Weir with an admin section in its configuration, or name its address with --admin";
    throw new UserError(`No admin API at ${admin} (${why}). ${fix}`, { cause: error });
  }
}
