// What is peculiar to Bedrock's answers: thinking that only some of its models can read again, ends that are none, and
// damage to a stream that has checksums.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { seededRandom } from "../../sdk/test/random.ts";
import { bytesOf, type Case, type Codec, eventsOf, fixtures, loadCodec } from "./codec.ts";
import { countEnds } from "./stream-ends.ts";

let codec: Codec;
const random = seededRandom("bedrock");
const claude = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const nova = "us.amazon.nova-2-lite-v1:0";
const hidden = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4";
const user = { role: "user", content: "Hi" };

beforeAll(async () => {
  codec = await loadCodec();
});

beforeEach(() => {
  codec.harness.number("setModel", "");
});

test("an answer bound to a schema beside calls of the client's tools is no end", () => {
  const use = (name: string) => ({ toolUse: { toolUseId: name, name, input: { city: "Basel" } } });
  const content = [use("weir_json_answer"), use("look")];
  const body = JSON.stringify({ output: { message: { role: "assistant", content } }, stopReason: "tool_use" });
  const [choice] = JSON.parse(codec.response("bedrock", "openai-chat", body).text).choices;
  expect([choice.message.content, choice.message.tool_calls.length, choice.finish_reason]).toEqual([
    '{"city":"Basel"}',
    1,
    "tool_calls",
  ]);
});

test.each(["malformed_model_output", "malformed_tool_use"])("an answer that ended with %s is none", (reason) => {
  const body = JSON.stringify({
    output: { message: { role: "assistant", content: [{ text: "Half" }] } },
    stopReason: reason,
  });
  expect(codec.response("bedrock", "openai-chat", body).text).toBe("");
});

describe("thinking comes back through a client's history", () => {
  const source = fixtures("responses").find((one) => one.dialect === "bedrock" && one.name === "thinking-redacted");
  const { content } = JSON.parse(source?.text ?? "").output.message as { content: object[] };

  function back(client: string, provider: string, model: string): { text: string; dropped: string } {
    const answer = JSON.parse(codec.response("bedrock", client, source?.text ?? "").text);
    const turn = client === "anthropic" ? { role: "assistant", content: answer.content } : answer.choices[0].message;
    return codec.request(client, provider, JSON.stringify({ model, max_tokens: 9, messages: [user, turn] }));
  }

  test.each(["openai-chat", "anthropic"])("of %s, to the model that made it", (client) => {
    for (const [made, asked] of [
      [claude, claude],
      ["openai.gpt-5.6-terra", "openai.gpt-5.6-terra"],
      [hidden, claude],
    ] as const) {
      codec.harness.number("setModel", made);
      const told = back(client, "bedrock", asked);
      expect(JSON.parse(told.text).messages[1].content, `${made} ${asked}`).toEqual(content);
    }
  });

  test.each(["openai-chat", "anthropic"])("of %s, and to no other", (client) => {
    for (const [made, asked] of [
      [claude, nova],
      ["openai.gpt-5.6-terra", claude],
    ] as const) {
      codec.harness.number("setModel", made);
      const told = back(client, "bedrock", asked);
      expect(JSON.parse(told.text).messages[1].content.length, `${made} ${asked}`).toBe(1);
      expect(told.dropped).toBe("redacted_thinking,thinking");
    }
    codec.harness.number("setModel", nova);
    expect(back(client, "anthropic", "claude-sonnet-4-5").dropped).toBe("redacted_thinking,thinking");
  });

  test("Claude's is Anthropic's too", () => {
    codec.harness.number("setModel", claude);
    expect(back("openai-chat", "anthropic", "claude-sonnet-4-5").dropped).toBe("");
  });
});

/** Where the message that ends the answer is over: what comes behind it tells only what the answer cost. */
function answerSize(one: Pick<Case, "dialect" | "text">): number {
  const events = eventsOf(one);
  const last = events.findIndex(({ text }) => text.startsWith("messageStop"));
  return last < 0 ? Infinity : Buffer.concat(events.slice(0, last + 1).map(({ bytes }) => bytes)).length;
}

test("damage to a stream is an error, wherever it is in the answer, and never a trap", () => {
  for (const one of fixtures("streams").filter(({ dialect }) => dialect === "bedrock")) {
    for (let round = 0; round < 40; ++round) {
      const bytes = Buffer.from(bytesOf(one));
      const at = random.below(bytes.length);
      const cut = random.below(bytes.length);
      bytes[at]! ^= 1 << random.below(8);
      for (const target of codec.clients) {
        const text = codec.stream("bedrock", target, [bytes.subarray(0, cut), bytes.subarray(cut)]).join("");
        const { ends, errors } = countEnds(target, text);
        expect([ends + errors, errors >= Number(at < answerSize(one))], `${one.name}, byte ${at}`).toEqual([1, true]);
      }
    }
  }
});
