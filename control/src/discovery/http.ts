// HTTP as registries speak it: JSON, answers of bounded size, connections kept.
import { Agent, request as plainRequest, type IncomingMessage } from "node:http";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { RegistryError } from "./client.ts";

export interface Ask {
  url: string;
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  /** Of a form. */
  form?: Record<string, string>;
  /** Without a byte from the registry. */
  timeoutMs: number;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  header(name: string): string;
  json: unknown;
}

/** More than any list of services that a gateway follows. */
const bytesMax = 32 * 1024 * 1024;

export class HttpAsker {
  readonly #plain = new Agent({ keepAlive: true });
  readonly #secure = new SecureAgent({ keepAlive: true });

  /** Rejects with a `RegistryError` for every status but 2xx. */
  async ask(asked: Ask): Promise<Answer> {
    const { status, response, text } = await this.#send(asked);
    if (status < 200 || status > 299) throw new RegistryError(`It answered ${status}${shortened(text)}`);
    const header = (name: string): string => String(response.headers[name] ?? "");
    return { status, header, json: parsed(text) };
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #send({ url, method = "GET", headers = {}, form, timeoutMs, signal }: Ask): Promise<Received> {
    const isSecure = url.startsWith("https:");
    const body = form && new URLSearchParams(form).toString();
    const agent = isSecure ? this.#secure : this.#plain;
    const type = body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
    const options = { method, agent, signal, headers: { accept: "application/json", ...type, ...headers } };
    return new Promise((resolve, reject) => {
      const sent = (isSecure ? secureRequest : plainRequest)(url, options, (response) => {
        collect(response).then((text) => resolve({ status: response.statusCode ?? 0, response, text }), reject);
      });
      sent.setTimeout(timeoutMs, () => sent.destroy(new RegistryError("It did not answer in time")));
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

interface Received {
  status: number;
  response: IncomingMessage;
  text: string;
}

async function collect(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bytesMax) throw new RegistryError(`Its answer has more than ${bytesMax} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RegistryError(`Its answer is no JSON${shortened(text)}`);
  }
}

function shortened(text: string): string {
  const line = text.trim().split("\n")[0] ?? "";
  return line === "" ? "" : `: ${line.slice(0, 200)}`;
}

/** The query of a URL, without what is empty. */
export function query(parameters: Record<string, string>): string {
  return new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== "")).toString();
}
