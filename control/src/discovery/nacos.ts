// Nacos by HTTP: a service's healthy instances, asked for again and again, since its HTTP API does not tell of changes.
// https://nacos.io/en/docs/v1/open-api/ and https://nacos.io/en/docs/v3.0/manual/user/open-api/
import { createHmac } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Instance, NacosRegistry, ServiceName } from "../model/discovery.ts";
import { asList, asObject, asText, inOrder, instanceOf, RegistryError, type RegistryClient } from "./client.ts";
import { HttpAsker, query } from "./http.ts";

const timeoutMs = 5_000;
const pollMs = 800;

type Grouped = ServiceName & { by: "group" };

export class NacosClient implements RegistryClient {
  readonly #registry: NacosRegistry;
  readonly #http = new HttpAsker();
  #token: { text: string; until: number } | null = null;

  constructor(registry: NacosRegistry) {
    this.#registry = registry;
  }

  async watch(service: ServiceName, tell: (instances: Instance[]) => void, signal: AbortSignal): Promise<void> {
    if (service.by !== "group") return;
    while (!signal.aborted) {
      tell(await this.#list(service, signal));
      await pause(pollMs, undefined, { signal });
    }
  }

  close(): void {
    this.#http.close();
  }

  async #list(service: Grouped, signal: AbortSignal): Promise<Instance[]> {
    const { url, version, namespace } = this.#registry;
    const named =
      version === 3
        ? { serviceName: service.name, groupName: service.group }
        : { serviceName: `${service.group}@@${service.name}` };
    const path = version === 3 ? "/nacos/v3/client/ns/instance/list" : "/nacos/v1/ns/instance/list";
    const accessToken = await this.#login(signal);
    const parameters = { ...named, namespaceId: namespace, healthyOnly: "true", accessToken, ...this.#signed(service) };
    const { json } = await this.#http.ask({ url: `${url}${path}?${query(parameters)}`, timeoutMs, signal });
    return inOrder(hostsIn(json).map((host) => readHost(asObject(host))));
  }

  /** Empty where nobody has to log in. */
  async #login(signal: AbortSignal): Promise<string> {
    const { url, version, login } = this.#registry;
    if (!login) return "";
    if (this.#token && this.#token.until > Date.now()) return this.#token.text;
    const path = version === 3 ? "/nacos/v3/auth/user/login" : "/nacos/v1/auth/login";
    const form = { username: login.user, password: login.password.reveal() };
    const { json } = await this.#http.ask({ url: `${url}${path}`, method: "POST", form, timeoutMs, signal });
    const { accessToken, tokenTtl } = asObject(json);
    if (asText(accessToken) === "") throw new RegistryError("It gave no token for the user");
    // A tenth before its end, so that no request goes with one that has just ended.
    const lifeMs = (Number(tokenTtl) || 60) * 900;
    this.#token = { text: asText(accessToken), until: Date.now() + lifeMs };
    return this.#token.text;
  }

  /** As Alibaba Cloud's servers want it. */
  #signed({ group, name }: Grouped): Record<string, string> {
    const { accessKey } = this.#registry;
    if (!accessKey) return {};
    const data = `${Date.now()}@@${group}@@${name}`;
    const signature = createHmac("sha1", accessKey.secret.reveal()).update(data).digest("base64");
    return { ak: accessKey.id, data, signature };
  }
}

/** The older API has the list in an object of its own, version 3 in the envelope of all its answers. */
function hostsIn(json: unknown): unknown[] {
  const answer = asObject(json);
  if ("code" in answer && answer["code"] !== 0 && answer["code"] !== 200) {
    throw new RegistryError(`It answered ${String(answer["code"])}: ${asText(answer["message"]).slice(0, 200)}`);
  }
  const data = answer["data"] ?? answer;
  return asList(Array.isArray(data) ? data : asObject(data)["hosts"]);
}

function readHost({ ip, port, weight, healthy, enabled, metadata }: Record<string, unknown>): Instance | null {
  const own = asObject(metadata);
  const share = Number(weight ?? 1);
  // A weight of nothing is how Nacos takes one out.
  if (healthy === false || enabled === false || share <= 0) return null;
  const [protocol, version, zone] = ["protocol", "version", "zone"].map((name) => asText(own[name]));
  return instanceOf({ address: ip, port, weight: share, protocol: protocol!, version: version!, zone: zone! });
}
