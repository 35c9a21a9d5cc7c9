// What a client may send wrong: each is answered in OpenAI's error envelope, and nothing of it reaches a provider.
import { expect } from "vitest";
import { gatewayBlock, oneProvider, twoProviders } from "../configurations.ts";
import type { HttpRequest } from "../http-client.ts";
import type { Scenario, Step } from "../scenario.ts";

const path = "/v1/chat/completions";
const json = { "content-type": "application/json" };
const messages = [{ role: "user", content: "Hello" }];

const envelope = { error: { message: expect.any(String), type: "invalid_request_error" } };

function refused(send: HttpRequest, status: number, error: object = {}): Step {
  return {
    send,
    answer: {
      status,
      headers: { "content-type": expect.stringContaining("application/json") },
      json: { error: { ...envelope.error, ...error } },
      complete: true,
    },
    received: [],
  };
}

/** A chat request whose body has exactly `size` bytes. */
function bodyOf(size: number): Buffer {
  const body = Buffer.alloc(size, "x");
  const head = `{"model":"gpt-4o","messages":[{"role":"user","content":"`;
  body.write(head, 0);
  body.write(`"}]}`, size - 4);
  return body;
}

function chunked(body: Buffer, chunkBytes: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(body.length / chunkBytes) }, (_, i) =>
    body.subarray(i * chunkBytes, (i + 1) * chunkBytes),
  );
}

const limited = oneProvider.replace("port: @PORT@", "port: @PORT@\n  bodyBytesMax: 100KiB");
const limitBytes = 100 * 1024;
const defaultLimitBytes = 32 * 1024 * 1024;

const malformed = [
  "",
  "{",
  "null",
  "[]",
  '"text"',
  '{"model":"gpt-4o",}',
  '{"model":"gpt-4o"} trailing',
  '{"model":"gpt-4o","messages":[{"content":"\u0001"}]}',
  '{"model":"gpt-4o","a":01}',
  `{"model":"gpt-4o","a":${"[".repeat(100_000)}`,
];
const notUtf8 = Buffer.concat([Buffer.from('{"model":"gpt-4o","x":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);

export const scenarios: Scenario[] = [oneProvider, twoProviders].flatMap((config) => {
  const reached = config === oneProvider ? "straight from the route" : "through ai-fallback";
  return [
    {
      name: `a body that is not JSON, ${reached}`,
      config,
      steps: malformed.map((body) => refused({ path, body, headers: json }, 400)),
    },
    {
      name: `a body that is not UTF-8, ${reached}`,
      config,
      steps: [refused({ path, body: notUtf8, headers: json }, 400)],
    },
    {
      name: `no model, or one that is not a text, ${reached}`,
      config,
      steps: [{}, { model: null }, { model: 7 }, { model: ["gpt-4o"] }, { model: "" }].map((body) =>
        refused({ path, json: { ...body, messages } }, 400, { param: "model" }),
      ),
    },
    {
      name: `a content type that is missing or wrong, ${reached}`,
      config,
      steps: [
        refused({ path, body: bodyOf(100) }, 415),
        refused({ path, body: bodyOf(100), headers: { "content-type": "text/plain" } }, 415),
        refused({ path, body: bodyOf(100), headers: { "content-type": "multipart/form-data" } }, 415),
      ],
    },
  ];
});

scenarios.push(
  {
    name: "a content type with parameters and in other letters is fine",
    steps: [
      {
        send: { path, body: bodyOf(100), headers: { "content-type": "Application/JSON; charset=utf-8" } },
        answer: { status: 200 },
      },
    ],
  },
  {
    name: "a body past the limit, with its length announced or not",
    config: limited,
    steps: [
      refused({ path, body: bodyOf(limitBytes + 1), headers: json }, 413),
      refused({ path, body: chunked(bodyOf(limitBytes + 1), 4096), headers: json }, 413),
      refused({ path, body: bodyOf(limitBytes * 20), headers: json }, 413),
      { send: { path, body: bodyOf(limitBytes), headers: json }, answer: { status: 200 } },
      { send: { path, body: chunked(bodyOf(limitBytes), 4096), headers: json }, answer: { status: 200 } },
    ],
  },
  {
    name: "a body past the limit, through ai-fallback",
    config: twoProviders.replace(gatewayBlock, `${gatewayBlock}  bodyBytesMax: 100KiB\n`),
    steps: [
      refused({ path, body: bodyOf(limitBytes + 1), headers: json }, 413),
      refused({ path, body: chunked(bodyOf(limitBytes + 1), 4096), headers: json }, 413),
      { send: { path, body: bodyOf(limitBytes), headers: json }, answer: { status: 200 } },
    ],
  },
  {
    name: "the limit is 32 MiB by default, and a body of exactly that passes",
    steps: [
      {
        send: { path, body: bodyOf(defaultLimitBytes), headers: json },
        answer: { status: 200 },
        check: (_answer, received) => expect(received[0]?.text.length).toBe(defaultLimitBytes),
      },
      refused({ path, body: bodyOf(defaultLimitBytes + 1), headers: json }, 413),
    ],
  },
  {
    name: "a wrong method",
    steps: [refused({ method: "GET", path }, 404), refused({ method: "DELETE", path: "/v1/embeddings" }, 404)],
  },
);
