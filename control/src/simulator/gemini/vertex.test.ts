import { GoogleGenAI } from "@google/genai";
import { generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;

beforeAll(async () => void (simulator = await startSimulator()));
afterAll(() => simulator.close());
beforeEach(() => void (simulator.google.tokenLifetimeSeconds = 3600));

/** Google's own client, whose token endpoint cannot be set, sent to the simulated one. */
function vertexClient(): GoogleGenAI {
  const fetchImplementation = (url: URL | string, init: RequestInit) =>
    fetch(String(url).replace("https://oauth2.googleapis.com", simulator.url), init);
  return new GoogleGenAI({
    vertexai: true,
    project: "simulated-project",
    location: "europe-west4",
    httpOptions: { baseUrl: simulator.url },
    googleAuthOptions: {
      credentials: simulator.google.serviceAccount,
      scopes: ["https://www.googleapis.com/auth/cloud-platform"],
      clientOptions: { transporterOptions: { fetchImplementation } } as never,
    },
  });
}

const claims = (change: object = {}) => {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: simulator.google.serviceAccount.client_email,
    scope: "https://www.googleapis.com/auth/cloud-platform",
    aud: simulator.google.tokenUri,
    iat: now,
    exp: now + 3600,
    ...change,
  };
};

function jwt(content: object, key = simulator.google.serviceAccount.private_key): string {
  const parts = [{ alg: "RS256", typ: "JWT" }, content].map((p) =>
    Buffer.from(JSON.stringify(p)).toString("base64url"),
  );
  const signed = parts.join(".");
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url")}`;
}

function askToken(assertion: string, grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"): Promise<Response> {
  const body = new URLSearchParams({ grant_type: grant, assertion });
  return fetch(`${simulator.url}/token`, { method: "POST", body });
}

async function token(): Promise<string> {
  const { access_token: given } = (await (await askToken(jwt(claims()))).json()) as { access_token: string };
  return given;
}

function askModel(path: string, body: object, bearer: string): Promise<Response> {
  return fetch(`${simulator.url}/v1/projects/p/locations/us-east5/publishers/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${bearer}` },
    body: JSON.stringify(body),
  });
}

describe("the simulated token endpoint", () => {
  it("gives Google's own client a token, and Vertex AI takes it", async () => {
    const issued = simulator.google.tokensIssued;
    const client = vertexClient();
    const answer = await client.models.generateContent({ model: "gemini-2.5-pro", contents: "Hello" });
    expect(answer.text).toContain("Hello");
    const chunks: string[] = [];
    for await (const { text } of await client.models.generateContentStream({ model: "m", contents: "Hello" })) {
      chunks.push(text ?? "");
    }
    expect(chunks.join("")).toContain("Hello");
    expect((await client.models.countTokens({ model: "m", contents: "Hello" })).totalTokens).toBeGreaterThan(0);
    expect(simulator.google.tokensIssued).toBe(issued + 1);
  });

  it.each<[string, () => string, string, string]>([
    ["a foreign key", () => jwt(claims(), otherKey), "invalid_grant", "Invalid JWT Signature."],
    [
      "changed claims",
      () =>
        jwt(claims()).replace(
          /\.[^.]+\./,
          `.${Buffer.from(JSON.stringify(claims({ exp: 1 }))).toString("base64url")}.`,
        ),
      "invalid_grant",
      "Invalid JWT Signature.",
    ],
    ["an unknown account", () => jwt(claims({ iss: "other@example.com" })), "invalid_grant", "account not found"],
    ["another audience", () => jwt(claims({ aud: "https://example.com" })), "invalid_grant", "audience"],
    ["an expired claim", () => jwt(claims({ iat: 1, exp: 3601 })), "invalid_grant", "reasonable timeframe"],
    ["too long a life", () => jwt(claims({ exp: claims().iat + 7200 })), "invalid_grant", "reasonable timeframe"],
    ["an unknown scope", () => jwt(claims({ scope: "everything" })), "invalid_scope", "Invalid OAuth scope"],
    ["what is no JWT", () => "a.b.c", "invalid_grant", "Invalid JWT Signature."],
  ])("refuses %s", async (_, assertion, error, description) => {
    const response = await askToken(assertion());
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error, error_description: expect.stringContaining(description) });
  });

  it("refuses another grant", async () => {
    expect(await (await askToken(jwt(claims()), "password")).json()).toMatchObject({ error: "unsupported_grant_type" });
  });

  it("gives tokens that end", async () => {
    simulator.google.tokenLifetimeSeconds = 0.05;
    const short = await token();
    const path = "google/models/gemini-2.5-pro:generateContent";
    const body = { contents: [{ role: "user", parts: [{ text: "Hi" }] }] };
    expect((await askModel(path, body, short)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const late = await askModel(path, body, short);
    expect([late.status, await late.json()]).toMatchObject([401, { error: { status: "UNAUTHENTICATED" } }]);
  });
});

const { privateKey: otherKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

describe("the simulated Vertex AI", () => {
  it("embeds by predict", async () => {
    const body = { instances: [{ content: "a" }, { content: "b" }], parameters: { outputDimensionality: 4 } };
    const response = await askModel("google/models/gemini-embedding-001:predict", body, await token());
    expect(await response.json()).toMatchObject({
      predictions: [{ embeddings: { values: { length: 4 }, statistics: { token_count: 1 } } }, {}],
    });
  });

  const claude = {
    anthropic_version: "vertex-2023-10-16",
    max_tokens: 50,
    messages: [{ role: "user", content: "Hello" }],
  };

  it("serves Anthropic's models: whole, streamed, counted", async () => {
    const bearer = await token();
    const whole = await askModel("anthropic/models/claude-sonnet-4-5@20250929:rawPredict", claude, bearer);
    expect(await whole.json()).toMatchObject({
      type: "message",
      content: [{ text: expect.stringContaining("Hello") }],
    });
    const path = "anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict";
    const stream = await (await askModel(path, { ...claude, stream: true }, bearer)).text();
    expect(stream).toMatch(/^event: message_start\n[^]*event: message_stop\n/);
    const { max_tokens: _, ...counted } = claude;
    const body = { ...counted, model: "claude-sonnet-4-5" };
    const count = await askModel("anthropic/models/count-tokens:rawPredict", body, bearer);
    expect(await count.json()).toEqual({ input_tokens: expect.any(Number) });
  });

  it.each<[string, object, string]>([
    ["a model in the body", { ...claude, model: "m" }, "model: Extra inputs are not permitted"],
    ["no version", { ...claude, anthropic_version: undefined }, "anthropic_version: Field required"],
    ["another version", { ...claude, anthropic_version: "2023-06-01" }, "anthropic_version: Input should be"],
    ["an unknown field", { ...claude, user: "u" }, "user: Extra inputs are not permitted"],
  ])("refuses %s", async (_, body, message) => {
    const response = await askModel("anthropic/models/claude-opus-4-1:rawPredict", body, await token());
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { message: expect.stringContaining(message) },
    });
  });

  it("takes no key, and no token of another's making", async () => {
    const response = await askModel("anthropic/models/claude-opus-4-1:rawPredict", claude, "ya29.other");
    expect([response.status, await response.json()]).toMatchObject([401, { error: { status: "UNAUTHENTICATED" } }]);
  });
});
