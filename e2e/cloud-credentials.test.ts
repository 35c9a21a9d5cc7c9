// Credentials that are more than a header, through the real control plane and a real Envoy: a service account's key is
// exchanged for a token at the cluster made for it, and AWS's keys sign.
import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send } from "./http-client.ts";

const config = `${gatewayBlock}
providers:
  - name: google
    type: generic
    baseUrl: "@SIMULATOR@/v1"
    google: { serviceAccount: "\${SERVICE_ACCOUNT}" }
  - name: aws
    type: generic
    baseUrl: "@SIMULATOR@/v1"
    aws:
      region: eu-west-1
      accessKeyId: "\${ACCESS_KEY_ID}"
      secretAccessKey: "\${SECRET_ACCESS_KEY}"
      sessionToken: "\${SESSION_TOKEN}"
routes:
  - { name: google, models: [google], targets: [{ provider: google }] }
  - { name: aws, models: [aws], targets: [{ provider: aws }] }
`;

let gateway: Gateway;
let tokens: Server;
const asked: string[] = [];

beforeAll(async () => {
  tokens = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${body}`);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ access_token: "fake-token", expires_in: 3600, token_type: "Bearer" }));
    });
  });
  await new Promise<void>((resolve) => tokens.listen(0, "127.0.0.1", resolve));
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const serviceAccount = {
    type: "service_account",
    client_email: "weir@example.iam.gserviceaccount.com",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    token_uri: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/own/token`,
  };
  gateway = await startGateway(config, {
    SERVICE_ACCOUNT: JSON.stringify(serviceAccount),
    ACCESS_KEY_ID: "fake-access-key",
    SECRET_ACCESS_KEY: "fake-secret-key",
    SESSION_TOKEN: "fake-session",
  });
});
afterAll(async () => {
  await gateway?.stop();
  tokens?.close();
});

async function received(model: string): Promise<Record<string, string>> {
  gateway.simulator.requests.length = 0;
  const json = { model, messages: [{ role: "user", content: "Hello" }] };
  const answer = await send(gateway.url, { path: "/v1/chat/completions", json });
  expect(answer.status, answer.text + gateway.output()).toBe(200);
  return gateway.simulator.requests[0]!.headers as Record<string, string>;
}

test("a service account's key becomes a token, once", async () => {
  expect((await received("google"))["authorization"]).toBe("Bearer fake-token");
  expect((await received("google"))["authorization"]).toBe("Bearer fake-token");
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(/^POST \/own\/token .*assertion=/);
});

test("AWS's keys sign each request", async () => {
  const headers = await received("aws");
  const scope = String.raw`Credential=fake-access-key/\d{8}/eu-west-1/bedrock/aws4_request`;
  expect(headers["authorization"]).toMatch(new RegExp(`^AWS4-HMAC-SHA256 ${scope}`));
  expect(headers["x-amz-security-token"]).toBe("fake-session");
});

test("nothing of them is in what Weir and Envoy say", () => {
  expect(gateway.output()).not.toMatch(/fake-(secret-key|session|token)|BEGIN/);
});
