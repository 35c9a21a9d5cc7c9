// What a provider receives: the client's bytes with as little changed as the configuration says.
import { expect } from "vitest";
import { oneProvider, twoProviders } from "../configurations.ts";
import type { HttpAnswer } from "../http-client.ts";
import type { Received, Scenario } from "../scenario.ts";

const path = "/v1/chat/completions";
const messages = [{ role: "user", content: "Hello" }];

/** Odd spacing, unknown fields, a number beyond doubles, escapes and non-ASCII text. */
const oddBody = `{ "unknown" : {"a":[1,2.50,12345678901234567890]}, "model"\t:"gpt-4o",
  "messages":[{"role":"user","content":"\\u00e9é\\n𝄞"}] , "seed":1e2 }`;

function isOfGateway(header: string): boolean {
  return /^(x-envoy-|x-weir-|x-forwarded-|via$)/.test(header);
}

export const scenarios: Scenario[] = [
  {
    name: "a body that needs no change arrives byte for byte",
    steps: [
      {
        send: { path, body: oddBody, headers: { "content-type": "application/json" } },
        answer: { status: 200 },
        received: [{ text: oddBody }],
      },
    ],
  },
  {
    name: "a mapped model is spliced in and every other byte stays",
    steps: [
      {
        send: {
          path,
          body: oddBody.replace("gpt-4o", "public-model"),
          headers: { "content-type": "application/json" },
        },
        received: [{ text: oddBody.replace("gpt-4o", "upstream-model") }],
        log: { "gen_ai.request.model": "public-model" },
      },
    ],
  },
  {
    name: "models are mapped exactly, by the longest prefix, by pattern, or not at all",
    steps: [
      ["family-small", "family-upstream"],
      ["family-large-2", "family-large-upstream"],
      ["size-70", "sized-70b"],
      ["other", "other"],
    ].map(([model, mapped]) => ({
      send: { path, json: { model, messages } },
      received: [{ json: { model: mapped } }],
    })),
  },
  {
    name: "the provider's key goes out and none of the client's credentials does",
    steps: [
      {
        send: {
          path,
          json: { model: "gpt-4o", messages },
          headers: {
            authorization: "Bearer fake-client-key",
            "x-api-key": "fake-client-key",
            "api-key": "fake-client-key",
            "x-goog-api-key": "fake-client-key",
            cookie: "session=fake-client-key",
            "x-weir-target": "fake-client-key",
            "x-weir-anything": "fake-client-key",
            "x-trace": "kept",
          },
        },
        answer: { status: 200 },
        received: [{ headers: { authorization: "Bearer fake-alpha-key", "x-trace": "kept" } }],
        check: (_answer, received: Received[]) => expect(JSON.stringify(received)).not.toContain("fake-client-key"),
      },
    ],
  },
  {
    name: "the provider learns nothing of the gateway",
    steps: [
      {
        send: { path, json: { model: "gpt-4o", messages } },
        check: (_answer, [received]) => expect(Object.keys(received?.headers ?? {}).filter(isOfGateway)).toEqual([]),
      },
    ],
  },
  {
    name: "a client cannot steer Envoy by its headers",
    steps: [
      {
        send: {
          path,
          json: { model: "gpt-4o", messages },
          headers: { "x-simulate": "delay-200", "x-envoy-upstream-rq-timeout-ms": "1", "x-envoy-retry-on": "5xx" },
        },
        answer: { status: 200 },
        received: [{ method: "POST" }],
      },
    ],
  },
  {
    name: "the client learns nothing of Envoy",
    steps: [
      {
        send: { path, json: { model: "gpt-4o", messages } },
        check: ({ headers }: HttpAnswer) =>
          expect(Object.keys(headers).filter((name) => name.startsWith("x-envoy-"))).toEqual([]),
      },
    ],
  },
  {
    name: "the query is kept",
    steps: [
      {
        send: { path: `${path}?api-version=1&x=%2F`, json: { model: "gpt-4o", messages } },
        received: [{ path: "/v1/chat/completions?api-version=1&x=%2F" }],
      },
    ],
  },
  {
    name: "the body's model chooses among routes that share a path",
    config: twoProviders,
    steps: [
      {
        send: { path, json: { model: "gpt-4o", messages } },
        received: [{ path: "/v1/chat/completions", headers: { authorization: "Bearer fake-alpha-key" } }],
      },
      {
        send: { path, json: { model: "claude-sonnet", messages } },
        received: [{ path: "/beta/v1/chat/completions", headers: { authorization: "Bearer fake-beta-key" } }],
      },
      {
        send: { path, json: { model: "claude-sonnet", messages }, headers: { "x-weir-target": "alpha" } },
        received: [{ path: "/beta/v1/chat/completions" }],
      },
    ],
  },
  {
    name: "a base path and a host of the provider's own",
    config: oneProvider.replace("@SIMULATOR@/v1", "@SIMULATOR@/custom/base"),
    steps: [
      {
        send: { path, json: { model: "gpt-4o", messages } },
        received: [
          { path: "/custom/base/chat/completions", headers: { host: expect.stringMatching(/^127\.0\.0\.1:/) } },
        ],
      },
    ],
  },
  {
    name: "an answer in pieces of any size reaches the client whole",
    steps: [1, 2, 3, 7, 64].map((size) => ({
      send: {
        path,
        json: { model: "gpt-4o", messages, stream: true },
        headers: { "x-simulate": `split-${size}, words-8` },
      },
      answer: { status: 200, complete: true, text: expect.stringMatching(/data: \[DONE\]\n\n$/) },
      log: { "gen_ai.usage.output_tokens": "8" },
    })),
  },
];
