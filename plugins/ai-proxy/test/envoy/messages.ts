// What the tests on a real Envoy send, and how their providers answer.
import type { Answer } from "./provider.ts";

export const target = (name: string, header: string, prefix: string, more: object = {}): object => ({
  provider: name,
  authority: `${name}.example`,
  basePath: `/${name}/v1`,
  credential: { header, prefix, value: `fake-provider-key-${name}` },
  ...more,
});
export const route = (models: string[], name: string): object => ({
  name,
  match: { pathPrefixes: ["/v1", "/v1beta"] },
  models,
  targets: [{ cluster: name }],
});
export const clientKey = "fake-client-key";
export const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 };
export const answer = { model: "served", choices: [{ finish_reason: "stop" }], usage };

export const answerJson: Answer = (response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(answer));
};

export function post(body: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${clientKey}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}
