// Prompts that are longer than the context of a target's model.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, openAttempt, requestHeaders } from "./exchange.ts";
import { runPlan } from "./planned.ts";

const target = (name: string, contextWindows: number, more: object = {}) => ({
  name,
  provider: name,
  contextWindows,
  ...more,
});
const native = ["messages", "generateContent", "streamGenerateContent", "chat/completions", "responses"];
const configuration = {
  contextWindows: [
    [
      { tokens: 1000, names: "small\nsmaller*" },
      { tokens: 100, own: true, names: "smaller-own*" },
      { tokens: 5000, names: "smaller-own-large" },
    ],
    [{ tokens: 4000, names: "small\nlarge" }],
  ],
  targets: {
    a: target("a", 0),
    b: target("b", 1),
    mapped: target("mapped", 1, { modelMapping: [{ match: "exact", pattern: "alias", model: "large" }] }),
    native: target("native", 0, { surfaces: native }),
    claude: target("claude", 0, { dialect: "anthropic", surfaces: ["messages"] }),
    vllm: target("vllm", 0, { quirks: ["contextHoldsOutput"] }),
  },
};

let plugin: Plugin;
beforeAll(async () => {
  plugin = (await loadHost()).startPlugin({ configuration });
});

const words = (count: number): string => Array.from({ length: count }, (_, i) => `word${i % 10}`).join(" ");
const chat = (count: number, more: object = {}): object => ({
  model: "small",
  messages: [{ role: "user", content: words(count) }],
  ...more,
});

function ask(body: object, cluster = "a", path = "/v1/chat/completions"): HttpStream {
  return openAttempt(plugin, cluster).sendRequest(requestHeaders({ path }), JSON.stringify(body));
}

const isSent = (stream: HttpStream): boolean => stream.localReply === null && stream.sentUpstream.ended;
const bodyOf = (stream: HttpStream) => JSON.parse(String(stream.localReply?.body));

describe("a prompt", () => {
  test("that has more words than the context has tokens is refused, with the figures", () => {
    expect(isSent(ask(chat(1000)))).toBe(true);
    const refused = ask(chat(1001));
    expect(refused.localReply).toMatchObject({ status: 400, details: "weir_context_length_exceeded" });
    expect(bodyOf(refused)).toEqual({
      error: {
        message:
          "This model's maximum context length is 1000 tokens. However, your request has at least 1001 tokens. Please reduce its length",
        type: "invalid_request_error",
        param: "messages",
        code: "context_length_exceeded",
      },
    });
  });

  test("that may fit is sent, however long its words, its space and its names are", () => {
    expect(isSent(ask({ model: "small", messages: [{ role: "user", content: "x".repeat(100_000) }] }))).toBe(true);
    expect(
      isSent(ask({ model: "small", messages: [{ role: "user", content: " - \n".repeat(1) + " ".repeat(90_000) }] })),
    ).toBe(true);
    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(50_000)}` } };
    expect(isSent(ask({ model: "small", messages: [{ role: "user", content: [image] }], tools: words(5000) }))).toBe(
      true,
    );
  });

  test("in a script without spaces counts by the character", () => {
    const han = (count: number) => ({ model: "small", messages: [{ role: "user", content: "水".repeat(count) }] });
    expect(isSent(ask(han(3000)))).toBe(true);
    expect(ask(han(3100)).localReply?.status).toBe(400);
  });

  test("of a model that nothing is known of is sent", () => {
    expect(isSent(ask(chat(3000, { model: "other" })))).toBe(true);
  });

  test("goes by the provider's name, its date left out, and by what the configuration says first", () => {
    expect(isSent(ask(chat(3000, { model: "alias" }), "mapped"))).toBe(true);
    expect(ask(chat(4001, { model: "alias" }), "mapped").localReply?.status).toBe(400);
    for (const model of ["small-2026-01-31", "models/small", "smaller-3", "small@20260131"]) {
      expect(ask(chat(1001, { model })).localReply?.status, model).toBe(400);
    }
    for (const model of ["small-2026-13-31", "small-20260132", "smallish", "us.small"]) {
      expect(isSent(ask(chat(1001, { model }))), model).toBe(true);
    }
    expect(ask(chat(101, { model: "smaller-own-large" })).localReply?.status).toBe(400);
  });

  test.each(["truncation", "context_management", "transforms", "truncate_prompt_tokens"])(
    "that may be cut, as %s asks for, is sent",
    (name) => {
      expect(isSent(ask(chat(3000, { [name]: "auto" })))).toBe(true);
      expect(ask(chat(3000, { [name]: null })).localReply?.status).toBe(400);
    },
  );
});

describe("the client's own dialect", () => {
  const message = [{ role: "user", content: [{ type: "text", text: words(1001) }] }];
  const contents = [{ role: "user", parts: [{ text: words(1001) }] }];

  test.each(["native", "claude"])("is Anthropic's, at %s", (cluster) => {
    const refused = ask({ model: "small", max_tokens: 5, messages: message }, cluster, "/v1/messages");
    expect(refused.localReply?.status).toBe(400);
    expect(bodyOf(refused)).toEqual({
      type: "error",
      error: { type: "invalid_request_error", message: "prompt is too long: 1001 tokens > 1000 maximum" },
    });
  });

  test.each(["native", "claude"])("is Google's, at %s", (cluster) => {
    const refused = ask({ contents }, cluster, "/v1beta/models/small:generateContent");
    expect(bodyOf(refused)).toMatchObject({
      error: {
        code: 400,
        status: "INVALID_ARGUMENT",
        message: "The input token count (1001) exceeds the maximum number of tokens allowed (1000)",
      },
    });
  });

  test.each(["native", "claude"])("is that of responses, at %s", (cluster) => {
    const input = [{ role: "user", content: [{ type: "input_text", text: words(1001) }] }];
    for (const body of [{ input }, { input: words(1001) }, { input: "Go on", instructions: words(1001) }]) {
      const refused = ask({ model: "small", ...body }, cluster, "/v1/responses");
      expect(bodyOf(refused)).toMatchObject({ error: { code: "context_length_exceeded" } });
    }
  });
});

describe("the output that is asked for", () => {
  test("counts where the provider says so", () => {
    expect(isSent(ask(chat(900, { max_tokens: 100 }), "vllm"))).toBe(true);
    expect(bodyOf(ask(chat(900, { max_tokens: 101 }), "vllm")).error.message).toContain(
      "at least 900 tokens and asks for 101 of output",
    );
    expect(ask(chat(1, { max_completion_tokens: 1000 }), "vllm").localReply?.status).toBe(400);
    expect(isSent(ask(chat(900), "vllm"))).toBe(true);
  });

  test("does not where it does not", () => {
    expect(isSent(ask(chat(900, { max_tokens: 5000 })))).toBe(true);
  });
});

describe("behind other targets", () => {
  const request = (count: number) => ({ path: "/v1/chat/completions", headers: {}, body: JSON.stringify(chat(count)) });
  test("the client is told of the trouble of one that is large enough", () => {
    const order = { targets: [{ cluster: "b" }, { cluster: "a" }] };
    const failed = {
      status: 503,
      headers: { "content-type": "application/json" },
      body: '{"error":{"message":"Busy"}}',
    };
    const { last } = runPlan(plugin, order, request(2000), [failed, { status: 0 }]);
    expect(last.localReply?.status).toBe(503);
    expect(bodyOf(last).error.message).toContain("Busy");
  });
});
