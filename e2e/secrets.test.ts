// A provider's key is seen by that provider and by nobody else; a client's own key is seen by no provider.
import { afterAll, beforeAll, expect, test } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send } from "./http-client.ts";

const marker = "fake-marker-key-0123456789";
const headerMarker = "fake-marker-header-0123456789";
const literalMarker = "fake-marker-literal-0123456789";
const clientKey = "fake-client-key-0123456789";

const configuration = `${gatewayBlock}
providers:
  - name: alpha
    type: openai
    baseUrl: "@SIMULATOR@/v1"
    apiKey: "\${E2E_MARKER}"
    headers: { openai-organization: "\${E2E_HEADER_MARKER}" }
  - { name: beta, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: ${literalMarker} }
routes:
  - { name: alpha, models: ["gpt-*"], targets: [{ provider: alpha }] }
  - { name: beta, models: ["claude-*"], targets: [{ provider: beta }] }
`;

/** Keys where they do not belong, so that they are in what is complained about. */
const broken = `${gatewayBlock}
providers:
  - { name: alpha, type: openai, baseUrl: "http://user:${marker}@127.0.0.1:1/v1", apikey: ${literalMarker} }
  - { name: beta, type: openai, apiKey: [${literalMarker}], headers: { "a b": ${headerMarker} } }
  - { name: gamma, type: openai, apiKey: "${marker}\\n", auth: ${marker} }
  - { name: delta, type: openai, apiKey: "\${${marker}}" }
routes:
  - { name: alpha, targets: [{ provider: alpha }] }
`;

const path = "/v1/chat/completions";
const messages = [{ role: "user", content: "Hello" }];
let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway(configuration, { E2E_MARKER: marker, E2E_HEADER_MARKER: headerMarker });
});
afterAll(() => gateway?.stop());

async function everythingSaid(): Promise<string> {
  const views = ["/config", "/status", "/metrics", "/healthz", "/absent"].map((view) =>
    fetch(gateway.weir.controlUrl + view).then((response) => response.text()),
  );
  const state = [JSON.stringify(gateway.weir.model), JSON.stringify(gateway.weir.problems), String(gateway.weir)];
  return [...(await Promise.all(views)), ...state, gateway.output(), await gateway.accessLog()].join("\n");
}

test("the provider gets its keys, and none of the client's", async () => {
  const headers = { authorization: `Bearer ${clientKey}`, "x-api-key": clientKey, cookie: clientKey };
  for (const model of ["gpt-4o", "claude-sonnet"]) {
    expect(await send(gateway.url, { path, headers, json: { model, messages } })).toMatchObject({ status: 200 });
  }
  const [alpha, beta] = gateway.simulator.requests;
  expect(alpha?.headers).toMatchObject({ authorization: `Bearer ${marker}`, "openai-organization": headerMarker });
  expect(beta?.headers.authorization).toBe(`Bearer ${literalMarker}`);
  expect(beta?.headers["openai-organization"]).toBeUndefined();
  expect(JSON.stringify(gateway.simulator.requests)).not.toContain(clientKey);
});

test("no answer, log, status or configuration view shows a key, whatever goes wrong", async () => {
  const headers = { authorization: `Bearer ${clientKey}` };
  const answers = [];
  for (const simulate of ["status-401", "status-500", "drop-before-headers", "malformed-json"]) {
    const json = { model: "gpt-4o", messages };
    answers.push(await send(gateway.url, { path, headers: { ...headers, "x-simulate": simulate }, json }));
  }
  for (const body of ["{", JSON.stringify({ model: "llama" })]) {
    answers.push(await send(gateway.url, { path, headers: { ...headers, "content-type": "application/json" }, body }));
  }
  gateway.writeConfig(broken);
  await gateway.reported(/error/);
  await gateway.logEntry('"http.response.status_code":502');
  const said = (await everythingSaid()) + JSON.stringify(answers.map(({ headers, text }) => ({ headers, text })));
  for (const secret of [marker, headerMarker, literalMarker, clientKey]) expect(said).not.toContain(secret);
  for (const field of ["apikey", "baseUrl", "auth", "providers[3].apiKey"]) expect(said).toContain(field);
});
