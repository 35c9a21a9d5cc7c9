// What a provider may do wrong, and what the client then sees.
import { expect } from "vitest";
import type { HttpAnswer } from "../http-client.ts";
import type { Scenario, Step } from "../scenario.ts";

const path = "/v1/chat/completions";

function chat(simulate: string, stream = false): Step["send"] & object {
  return {
    path,
    headers: { "x-simulate": simulate },
    json: { model: "gpt-4o", stream, messages: [{ role: "user", content: "Hello" }] },
  };
}

const unreachable = { status: 502, json: { error: { type: "server_error", code: "upstream_unreachable" } } };

export const scenarios: Scenario[] = [
  {
    name: "a stream that the provider drops ends uncleanly for the client too",
    steps: [
      {
        send: chat("drop-mid-stream, words-20", true),
        answer: { status: 200, complete: false },
        check: (answer: HttpAnswer) => {
          expect(answer.events.length).toBeGreaterThan(3);
          expect(answer.text).not.toContain("[DONE]");
        },
      },
    ],
  },
  {
    name: "a whole answer that the provider drops half-way is not given as whole",
    steps: [
      {
        send: chat("drop-mid-stream"),
        check: (answer: HttpAnswer) => expect(answer.complete && answer.status === 200).toBe(false),
      },
    ],
  },
  {
    name: "a connection dropped before any answer is an error in the client's format",
    steps: [{ send: chat("drop-before-headers"), answer: unreachable, log: { "http.response.status_code": 502 } }],
  },
  {
    name: "a body that is not the JSON it claims to be is passed on as it is",
    steps: [
      {
        send: chat("malformed-json"),
        answer: { status: 200, complete: true, json: undefined, text: expect.stringMatching(/^\{"id":/) },
      },
    ],
  },
  {
    name: "a stream with a malformed event is passed on, with an error at its end",
    steps: [
      {
        send: chat("malformed-sse, words-6", true),
        answer: {
          status: 200,
          complete: true,
          text: expect.stringMatching(/data: \{"id":\n\ndata: \{"error":.*\n\n$/),
        },
      },
    ],
  },
  {
    name: "an error event in the middle of a stream reaches the client",
    steps: [
      {
        send: chat("error-mid-stream, words-6", true),
        answer: { status: 200, text: expect.stringContaining('"code":"simulated_fault"') },
      },
    ],
  },
  {
    name: "an empty answer does not hang",
    steps: [
      { send: chat("empty-body"), answer: { status: 200, text: "" } },
      { send: chat("empty-body", true), answer: { status: 200, text: "" } },
    ],
  },
  {
    name: "a slow provider is waited for",
    steps: [
      { send: chat("delay-300"), answer: { status: 200 } },
      {
        send: chat("delay-100, first-byte-delay-200, words-4", true),
        answer: { status: 200, text: expect.stringContaining("[DONE]") },
        check: () => undefined,
        log: {
          "weir.time_to_first_token_ms": expect.toSatisfy((ms: unknown) => Number(ms) >= 290 && Number(ms) < 5000),
        },
      },
    ],
  },
  {
    name: "a stream that comes byte by byte is whole at the client",
    steps: [
      {
        send: chat("split-1, words-10", true),
        answer: { status: 200, complete: true, text: expect.stringMatching(/simulated-10[\s\S]*\[DONE\]\n\n$/) },
      },
    ],
  },
  {
    name: "an answer outside OpenAI's envelope keeps its status",
    steps: [{ send: chat("status-503, retry-after-1"), answer: { status: 503, headers: { "retry-after": "1" } } }],
  },
];
