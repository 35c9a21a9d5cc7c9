// Weir's own objects on a real API server, served by a real Envoy.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import OpenAI from "openai";
import { parseAllDocuments } from "yaml";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ApiError } from "../../../control/src/kubernetes/api.ts";
import { startSimulator, type Simulator } from "../../../control/src/simulator/simulator.ts";
import { findKubetest } from "../kubetest.ts";
import { ask, Bed, service, type Answered, type Manifest } from "./bed.ts";
import { certificate } from "./manifests.ts";
import { group, own, secret, type Condition } from "./own-objects.ts";

const definitions = join(import.meta.dirname, "..", "..", "..", "deploy", "kubernetes", "crds");

const bed = new Bed();
let provider: Simulator;

beforeAll(async () => {
  provider = await startSimulator({ recordMax: 100 });
  // Before Weir: a kind that is new to the cluster is looked for every ten seconds.
  await bed.startCluster();
  const gatewayApi = join(findKubetest()!.definitions, "experimental");
  const files = readdirSync(gatewayApi).filter((file) => file.startsWith("gateway"));
  const all = [
    ...files.map((file) => join(gatewayApi, file)),
    ...readdirSync(definitions).map((file) => join(definitions, file)),
  ];
  for (const file of all) await bed.apply(readFileSync(file, "utf8"));
  await bed.startWeir("httpPort: 80");
}, 500_000);
afterAll(async () => {
  await bed.stop();
  await provider?.close();
});

const simulated = (extra: object = {}): object => {
  return { type: "openai", baseUrl: `http://127.0.0.1:${provider.port}/v1`, apiKey: "${secret:openai/key}", ...extra };
};

/** What the object is told of its newest generation. */
function accepted(kind: string, name: string, status: "True" | "False", namespace = "default"): Promise<Condition> {
  return vi.waitFor(
    async () => {
      const object = await bed.read<{ metadata: { generation: number }; status?: { conditions: Condition[] } }>(
        kind,
        name,
        namespace,
        group,
      );
      const found = object.status?.conditions.find(({ type }) => type === "Accepted");
      if (found?.status !== status || found.observedGeneration !== object.metadata.generation) {
        throw new Error(`${kind} ${name} has ${JSON.stringify(object.status)}\n${bed.output()}`);
      }
      return found;
    },
    { timeout: 20_000, interval: 100 },
  );
}

async function chat(model: string, headers: Record<string, string> = {}): Promise<Answered> {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
  const sent = { "content-type": "application/json", ...headers };
  return ask({ port: 8000, path: "/v1/chat/completions", method: "POST", body, headers: sent });
}

/** As soon as what was changed is in force. */
function chatUntil(model: string, status: number, headers: Record<string, string> = {}): Promise<Answered> {
  return vi.waitFor(
    async () => {
      const answer = await chat(model, headers);
      if (answer.status !== status) throw new Error(`${answer.status} ${answer.text}\n${bed.output()}`);
      return answer;
    },
    { timeout: 20_000, interval: 100 },
  );
}

test("the API server takes every definition, as structural", async () => {
  for (const file of readdirSync(definitions)) {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${file.replace(".yaml", "")}.weir.dev`;
    const { status } = (await bed.api.ask("GET", path)) as { status: { conditions: Condition[] } };
    const state = Object.fromEntries(status.conditions.map((one) => [one.type, one.status]));
    expect(state, file).toMatchObject({ Established: "True", NamesAccepted: "True" });
    expect(state["NonStructuralSchema"], file).toBeUndefined();
  }
});

test("a provider and a route are served, with the key of a Secret", async () => {
  await bed.apply(secret("openai", { key: "sk-first-0123456789" }));
  await bed.apply(own("Provider", "main", simulated()));
  await bed.apply(own("AIRoute", "main", { models: ["gpt-*"], targets: [{ provider: "main" }] }));
  await accepted("Provider", "main", "True");
  await accepted("AIRoute", "main", "True");
  await chatUntil("gpt-4.1", 200);
  expect(provider.requests.at(-1)?.headers["authorization"]).toBe("Bearer sk-first-0123456789");
});

test("a Secret that is changed is read anew", async () => {
  await bed.apply(secret("openai", { key: "sk-second-0123456789" }));
  await vi.waitFor(
    async () => {
      await chat("gpt-4.1");
      expect(provider.requests.at(-1)?.headers["authorization"]).toBe("Bearer sk-second-0123456789");
    },
    { timeout: 20_000, interval: 100 },
  );
});

test("an object with a mistake is told what, where and how to mend it, and its neighbours are served", async () => {
  await bed.apply(own("Provider", "keyless", simulated({ apiKey: "${secret:none/key}" })));
  await bed.apply(own("AIRoute", "nowhere", { models: ["nowhere"], targets: [{ provider: "mian" }] }));
  await bed.apply(own("Limit", "odd", { windows: [{ unit: "requests", limit: 1.5, per: "minute" }] }));
  await bed.apply(own("Budget", "alone", { limit: 5, per: "day" }));
  const keyless = await accepted("Provider", "keyless", "False");
  expect(keyless.message).toContain("spec.apiKey: There is no Secret default/none. Create it, or correct its name.");
  const nowhere = await accepted("AIRoute", "nowhere", "False");
  expect(nowhere.message).toContain(
    'spec.targets[0].provider: There is no provider of this name, so this target is left out. Did you mean "main"?',
  );
  const odd = await accepted("Limit", "odd", "False");
  expect(odd.message).toContain("spec.windows[0].limit: limit is not a whole number. Write a number such as 100000.");
  expect((await accepted("Budget", "alone", "False")).message).toContain("Without a ledger nobody knows what is spent");
  await chatUntil("gpt-4.1", 200);
  await accepted("AIRoute", "main", "True");
});

test("the API server itself refuses what its rules can say", async () => {
  const refused = async (manifest: Manifest): Promise<string> => {
    const error: unknown = await bed.apply(manifest).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ApiError);
    return (error as ApiError).message;
  };
  expect(await refused(own("Provider", "two", simulated({ apiKeys: [{ key: "a" }] })))).toContain("keep one");
  expect(await refused(own("Provider", "with.dots", simulated()))).toContain("give it a spec.name");
  expect(await refused(own("Provider", "unknown", { type: "opnai" }))).toContain("Unsupported value");
  expect(await refused(own("Limit", "forever", { windows: [{ unit: "requests", limit: 1 }] }))).toContain("needs per");
  expect(await refused(own("Consumer", "two", { keys: [{ name: "a" }] }))).toContain("exactly one of");
});

test("the older of two with one name has it", async () => {
  await bed.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "other" } });
  await bed.apply(own("AIRoute", "main", { targets: [{ provider: "main" }] }, "other"));
  const { reason, message } = await accepted("AIRoute", "main", "False", "other");
  expect(reason).toBe("Conflicted");
  expect(message).toContain("AIRoute default/main, which is older");
});

test("other namespaces need a ReferenceGrant, and nothing of the gateway's own is theirs", async () => {
  await bed.apply(own("AIRoute", "theirs", { models: ["theirs"], targets: [{ provider: "main" }] }, "other"));
  expect((await accepted("AIRoute", "theirs", "False", "other")).reason).toBe("RefNotPermitted");
  const grant = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "ReferenceGrant",
    metadata: { name: "routes" },
    spec: {
      from: [{ group: "weir.dev", kind: "AIRoute", namespace: "other" }],
      to: [{ group: "weir.dev", kind: "Provider", name: "main" }],
    },
  };
  await bed.apply(grant);
  await accepted("AIRoute", "theirs", "True", "other");
  await chatUntil("theirs", 200);
  await bed.remove(grant);
  await chatUntil("theirs", 404);
  await bed.apply(own("Provider", "sneaky", { type: "openai", apiKey: "${HOME}" }, "other"));
  expect((await accepted("Provider", "sneaky", "False", "other")).reason).toBe("NotPermitted");
  await bed.apply(own("GatewaySettings", "theirs", { bodyBytesMax: "1KiB" }, "other"));
  expect((await accepted("GatewaySettings", "theirs", "False", "other")).reason).toBe("NotPermitted");
});

test("a consumer closes the gateway, and a limit counts for it", async () => {
  await bed.apply(secret("callers", { search: "a-key-of-search-0123456789" }));
  await bed.apply(own("Consumer", "search", { keys: [{ name: "app", key: "${secret:callers/search}" }] }));
  await accepted("Consumer", "search", "True");
  await chatUntil("gpt-4.1", 401);
  const headers = { authorization: "Bearer a-key-of-search-0123456789" };
  await chatUntil("gpt-4.1", 200, headers);
  await bed.apply(
    own("Limit", "search", { match: { consumer: "search" }, windows: [{ unit: "requests", limit: 2, per: "hour" }] }),
  );
  await accepted("Limit", "search", "True");
  await chatUntil("gpt-4.1", 429, headers);
  await bed.remove(own("Limit", "search", {}));
  await chatUntil("gpt-4.1", 200, headers);
  await bed.remove(own("Consumer", "search", {}));
  await chatUntil("gpt-4.1", 200);
});

const gatewayApi = "gateway.networking.k8s.io/v1";
const parentRefs = [{ name: "models", sectionName: "http" }];
const hello = [{ role: "user" as const, content: "Hello" }];

/** A stock client, through the listener without TLS. */
function client(apiKey = "none"): OpenAI {
  return new OpenAI({ baseURL: "http://127.0.0.1:8081/v1", apiKey, maxRetries: 0 });
}

function httpRoute(name: string, path: string, backendRefs: object[], more: object = {}): Manifest {
  const rules = [{ matches: [{ path: { type: "PathPrefix", value: path } }], backendRefs, ...more }];
  return { apiVersion: gatewayApi, kind: "HTTPRoute", metadata: { name }, spec: { parentRefs, rules } };
}

/** What the HTTPRoute is told, once `type` is `status`. */
function routeTold(name: string, type: string, status: string): Promise<Condition> {
  return vi.waitFor(
    async () => {
      const { status: told } = await bed.read<{ status?: { parents: { conditions: Condition[] }[] } }>(
        "HTTPRoute",
        name,
        "default",
        gatewayApi,
      );
      const found = told?.parents[0]?.conditions.find((one) => one.type === type);
      if (found?.status !== status) throw new Error(`${JSON.stringify(told)}\n${bed.output()}`);
      return found;
    },
    { timeout: 20_000, interval: 100 },
  );
}

function asks(run: () => Promise<unknown>): Promise<unknown> {
  return vi.waitFor(run, { timeout: 20_000, interval: 100 });
}

test("an HTTPRoute leads to an AIRoute, at a Gateway's own host, port and certificate", async () => {
  await bed.apply(
    {
      apiVersion: gatewayApi,
      kind: "GatewayClass",
      metadata: { name: "weir" },
      spec: { controllerName: "weir.dev/gateway-controller" },
    },
    certificate(bed.folder, "models-tls", ["ai.example.com"]),
    {
      apiVersion: gatewayApi,
      kind: "Gateway",
      metadata: { name: "models" },
      spec: {
        gatewayClassName: "weir",
        listeners: [
          { name: "http", protocol: "HTTP", port: 8081 },
          {
            name: "https",
            protocol: "HTTPS",
            port: 8443,
            hostname: "ai.example.com",
            tls: { certificateRefs: [{ name: "models-tls" }] },
          },
        ],
      },
    },
    own("AIRoute", "attached", {
      models: ["gpt-*", "only-there"],
      parentRefs: [{ name: "models", sectionName: "https" }],
      targets: [{ provider: "failing" }],
      fallbacks: [{ provider: "main" }],
    }),
    // Nobody listens there.
    own("Provider", "failing", simulated({ baseUrl: "http://127.0.0.1:9/v1" })),
    httpRoute("models", "/v1", [{ group: "weir.dev", kind: "AIRoute", name: "attached" }]),
  );
  await routeTold("models", "ResolvedRefs", "True");
  await asks(async () => {
    const { choices } = await client().chat.completions.create({ model: "gpt-4.1", messages: hello });
    expect(choices[0]?.message.content).not.toBe("");
  });
  const stream = await client().chat.completions.create({ model: "gpt-4.1", messages: hello, stream: true });
  const parts: string[] = [];
  for await (const chunk of stream) parts.push(chunk.choices[0]?.delta.content ?? "");
  expect(parts.length).toBeGreaterThan(2);
  expect(
    (await client()
      .models.list()
      .catch((error: unknown) => error)) instanceof Error,
  ).toBe(false);
  const unknown = await ask({ port: 8081, path: "/v1/nothing" });
  expect([unknown.status, JSON.parse(unknown.text)]).toMatchObject([404, { error: { code: "unknown_url" } }]);
  expect((await ask({ port: 8081, path: "/elsewhere" })).status).toBe(404);
  const stranger = { host: "other.test", serverName: "ai.example.com", port: 8443, path: "/v1/models" };
  expect((await ask(stranger)).status).toBe(404);
}, 120_000);

test("an AIRoute alone attaches to a listener, and is nobody else's", async () => {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ model: "gpt-4.1", messages: hello });
  const sent = { path: "/v1/chat/completions", method: "POST", headers, body };
  const secure = { ...sent, host: "ai.example.com", serverName: "ai.example.com", port: 8443 };
  const { certificate: shown } = await bed.until(secure, ({ status }) => status === 200, 20_000);
  expect(shown).toContain("ai.example.com");
  const { status } = await bed.read<{ status: { conditions: Condition[] } }>("AIRoute", "attached", "default", group);
  expect(status.conditions.map((one) => [one.type, one.status])).toEqual([
    ["Accepted", "True"],
    ["Attached", "True"],
  ]);
  await bed.apply(own("AIRoute", "elsewhere", { models: ["only-here"], targets: [{ provider: "main" }] }));
  await chatUntil("only-here", 200);
  expect((await ask({ ...sent, port: 8081, body: body.replace("gpt-4.1", "only-here") })).status).toBe(404);
  expect((await chat("only-there")).status).toBe(404);
  expect((await ask({ ...sent, port: 8081, body: body.replace("gpt-4.1", "only-there") })).status).toBe(200);
  await bed.apply(own("AIRoute", "lost", { parentRefs: [{ name: "none" }], targets: [{ provider: "main" }] }));
  await vi.waitFor(async () => {
    const lost = await bed.read<{ status: { conditions: Condition[] } }>("AIRoute", "lost", "default", group);
    expect(lost.status.conditions[1]).toMatchObject({ type: "Attached", status: "False", reason: "NoMatchingParent" });
  });
});

test("keys and limits hold at a Gateway too", async () => {
  await bed.apply(own("Consumer", "search", { keys: [{ name: "app", key: "${secret:callers/search}" }] }));
  const good = client("a-key-of-search-0123456789");
  await asks(() =>
    expect(client().chat.completions.create({ model: "gpt-4.1", messages: hello })).rejects.toThrow("401"),
  );
  await good.chat.completions.create({ model: "gpt-4.1", messages: hello });
  await bed.apply(
    own("Limit", "search", { match: { consumer: "search" }, windows: [{ unit: "requests", limit: 1, per: "hour" }] }),
  );
  await asks(() => expect(good.chat.completions.create({ model: "gpt-4.1", messages: hello })).rejects.toThrow("429"));
  await bed.remove(own("Limit", "search", {}), own("Consumer", "search", {}));
  await chatUntil("gpt-4.1", 200);
});

test("an HTTPRoute leads to Providers by weight, and beside Services", async () => {
  await bed.serve("10.244.1.9", "web");
  await bed.apply(
    ...service("web", ["10.244.1.9"]),
    httpRoute("providers", "/direct/v1", [{ group: "weir.dev", kind: "Provider", name: "main", weight: 9 }]),
    httpRoute("web", "/", [{ name: "web", port: 80 }]),
  );
  const direct = new OpenAI({ baseURL: "http://127.0.0.1:8081/direct/v1", apiKey: "none", maxRetries: 0 });
  await asks(() => direct.chat.completions.create({ model: "anything", messages: hello }));
  expect((await bed.until({ port: 8081, path: "/page" }, ({ status }) => status === 200)).server).toBe("web");
});

test("an HTTPRoute is told what it cannot lead to", async () => {
  const ai = (kind: string, name: string, namespace?: string): object => {
    return { group: "weir.dev", kind, name, ...(namespace && { namespace }) };
  };
  await bed.apply(httpRoute("bad", "/bad/v1", [ai("AIRoute", "nobody")]));
  expect((await routeTold("bad", "ResolvedRefs", "False")).reason).toBe("BackendNotFound");
  await bed.apply(httpRoute("bad", "/bad/v1", [ai("AIRoute", "theirs", "other")]));
  await asks(async () => expect((await routeTold("bad", "ResolvedRefs", "False")).reason).toBe("RefNotPermitted"));
  await bed.apply(httpRoute("bad", "/bad/v1", [ai("Limit", "odd")]));
  await asks(async () => expect((await routeTold("bad", "ResolvedRefs", "False")).reason).toBe("InvalidKind"));
  await bed.apply(httpRoute("bad", "/bad/v1", [ai("AIRoute", "attached")]));
  const { message } = await routeTold("bad", "Accepted", "False");
  expect(message).toContain("AIRoute default/attached serves paths below /v1, and not /bad/v1");
  await bed.remove(httpRoute("bad", "/", []));
  await asks(() => client().chat.completions.create({ model: "gpt-4.1", messages: hello }));
});

test("whole sections are said in Weir's own namespace", async () => {
  await bed.apply(own("Ledger", "ledger", {}, "weir-system"));
  await accepted("Ledger", "ledger", "True", "weir-system");
  await accepted("Budget", "alone", "True");
  await asks(() => client().chat.completions.create({ model: "gpt-4.1", messages: hello }));
  expect(bed.output()).not.toContain("REJECTED");
  await bed.remove(own("Budget", "alone", {}), own("Ledger", "ledger", {}, "weir-system"));
});

test("the objects that the documents show are taken as they stand", async () => {
  const text = readFileSync(join(definitions, "..", "..", "..", "docs", "kubernetes.md"), "utf8");
  const shown = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml = ""]) => yaml);
  const manifests = shown
    .filter((yaml) => yaml.includes("apiVersion: weir.dev/"))
    .flatMap((yaml) => parseAllDocuments(yaml).map((document) => document.toJS() as Manifest));
  const metadata = { name: "shown" };
  await bed.apply({ apiVersion: "v1", kind: "Namespace", metadata });
  const placed = manifests.map((one) => ({ ...one, metadata: { ...one.metadata, namespace: "shown" } }));
  await bed.apply(...placed);
  const objects = placed.filter(({ apiVersion }) => apiVersion === group);
  expect(objects.length).toBeGreaterThan(4);
  for (const { kind, metadata: about } of objects) await accepted(kind, about.name, "True", "shown");
  await bed.remove(...objects);
  await chatUntil("gpt-4.1", 200);
});

test("what is deleted is served no more", async () => {
  await bed.remove(own("AIRoute", "main", {}));
  await chatUntil("gpt-4.1", 404);
  await bed.remove(own("AIRoute", "main", {}, "other"));
});

test("no key is in any status, nor in what Weir says", async () => {
  const all = await Promise.all(
    ["providers", "consumers", "airoutes", "limits"].map((plural) => bed.api.ask("GET", `/apis/${group}/${plural}`)),
  );
  const said =
    JSON.stringify(all) + bed.output() + JSON.stringify(await (await fetch(`${bed.weir.controlUrl}/config`)).json());
  for (const text of ["sk-first-", "sk-second-", "a-key-of-search"]) expect(said).not.toContain(text);
});
