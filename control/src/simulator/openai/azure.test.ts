import { AzureOpenAI } from "openai";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;

beforeAll(async () => void (simulator = await startSimulator({ apiKey: "right" })));
afterAll(() => simulator.close());

const clientOf = (apiKey: string, apiVersion = "2024-10-21"): AzureOpenAI =>
  new AzureOpenAI({ endpoint: simulator.url, apiKey, apiVersion, deployment: "my-gpt", maxRetries: 0 });
const basic = { model: "my-gpt", messages: [{ role: "user" as const, content: "Hello there" }] };

it("serves a deployment by its own path, with what Azure's filters found", async () => {
  const whole = await clientOf("right").chat.completions.create(basic);
  expect(whole).toMatchObject({
    model: "simulated/my-gpt",
    choices: [{ content_filter_results: { hate: { filtered: false } } }],
    prompt_filter_results: [{ prompt_index: 0 }],
  });
  expect(simulator.requests.at(-1)?.path).toBe("/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21");
  const stream = await clientOf("right").chat.completions.create({ ...basic, stream: true });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  expect(chunks[0]).toMatchObject({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] });
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(whole.choices[0]?.message.content);
});

it("takes its faults from the deployment's name", async () => {
  const client = new AzureOpenAI({
    endpoint: simulator.url,
    apiKey: "right",
    apiVersion: "2024-10-21",
    deployment: "simulate-status-429",
    maxRetries: 0,
  });
  await expect(client.chat.completions.create(basic)).rejects.toMatchObject({ status: 429 });
});

it("wants the key in its header and a version in the query", async () => {
  await expect(clientOf("wrong").chat.completions.create(basic)).rejects.toMatchObject({
    status: 401,
    error: { code: "401", message: expect.stringContaining("Access denied due to invalid subscription key") },
  });
  const ask = (query: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${simulator.url}/openai/deployments/my-gpt/chat/completions${query}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(basic),
    });
  const versionless = await ask("", { "api-key": "right" });
  expect([versionless.status, await versionless.json()]).toEqual([
    404,
    { error: { code: "404", message: "Resource not found" } },
  ]);
  expect((await ask("?api-version=latest", { "api-key": "right" })).status).toBe(404);
  expect((await ask("?api-version=2025-04-01-preview", {})).status).toBe(401);
  expect((await ask("?api-version=2025-04-01-preview", { "api-key": "right" })).status).toBe(200);
});
