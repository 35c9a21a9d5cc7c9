// The API server, as this folder asks it: lists, creation and changes of objects as plain JSON. Credentials, TLS and
// addresses are the official client's business.
import { Agent, request, type RequestOptions } from "node:https";
import { request as plainRequest } from "node:http";
import type { KubeConfig } from "@kubernetes/client-node";
import { apiVersionOf, pathOf } from "./kinds.ts";
import type { Kind, KubernetesObject } from "./objects.ts";

/** An answer that is no success. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface List<T> {
  metadata: { resourceVersion?: string; continue?: string };
  items: T[];
}

interface Sent {
  body: object | undefined;
  type: string;
}

const timeoutMs = 15_000;
/** Before the API server, or what stands in front of it, forgets it. */
const idleMs = 3_000;
/** So many objects at once, so that no answer is too large to be given in time. */
const pageSize = 1000;

export class KubernetesApi {
  readonly config: KubeConfig;
  /** In place of the client's, which open a connection for each request. */
  readonly #agents = new WeakMap<Agent, Agent>();

  constructor(config: KubeConfig) {
    this.config = config;
  }

  async list<T extends KubernetesObject>(kind: Kind): Promise<List<T>> {
    const items: T[] = [];
    let next = "";
    for (;;) {
      const query = new URLSearchParams({ limit: String(pageSize), ...(next && { continue: next }) });
      const page = (await this.ask("GET", `${pathOf(kind)}?${query}`)) as List<T>;
      items.push(...page.items);
      next = page.metadata.continue ?? "";
      if (next === "") return { metadata: page.metadata, items };
    }
  }

  /** Puts a status in place of the one that `object` was read with. A newer object answers 409. */
  writeStatus(kind: Kind, { metadata }: KubernetesObject, status: object): Promise<unknown> {
    const { namespace, name } = metadata;
    const body = { apiVersion: apiVersionOf(kind), kind, metadata, status };
    return this.ask("PUT", `${pathOf(kind, namespace)}/${name}/status`, body);
  }

  async ask(method: string, path: string, body?: object, type = "application/json"): Promise<unknown> {
    const { status, text } = await this.#send(method, path, { body, type });
    if (status >= 200 && status < 300) return text === "" ? null : JSON.parse(text);
    throw new ApiError(status, messageIn(text) ?? `The API server answered ${status}`);
  }

  async #send(method: string, path: string, { body, type }: Sent): Promise<{ status: number; text: string }> {
    const cluster = this.config.getCurrentCluster();
    if (!cluster) throw new Error("The kubeconfig names no cluster");
    const url = new URL(cluster.server.replace(/\/$/, "") + path);
    const payload = body && JSON.stringify(body);
    const headers = { accept: "application/json", ...(payload && { "content-type": type }) };
    const options: RequestOptions = { method, headers, timeout: timeoutMs };
    await this.config.applyToHTTPSOptions(options);
    if (options.agent instanceof Agent) options.agent = this.#keeping(options.agent);
    return new Promise((resolve, reject) => {
      const send = url.protocol === "http:" ? plainRequest : request;
      const asked = send(url, options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      });
      asked.on("timeout", () => asked.destroy(new Error("The API server did not answer in time")));
      asked.on("error", reject);
      asked.end(payload);
    });
  }

  /** The same, which keeps connections for a while. Those through proxies are of other classes. */
  #keeping(agent: Agent): Agent {
    if (agent.constructor !== Agent) return agent;
    const kept = this.#agents.get(agent) ?? new Agent({ ...agent.options, keepAlive: true, timeout: idleMs });
    this.#agents.set(agent, kept);
    return kept;
  }
}

/** What it knows nothing of it answers in plain text. */
function messageIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return undefined;
  }
}
