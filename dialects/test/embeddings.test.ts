// Embeddings from any surface to any provider and back: exact vectors, and nothing that traps.
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../sdk/test/random.ts";
import { mutate } from "./mutate.ts";
import { embeddingRequest, embeddingTargets, inputsOf } from "./surface-targets.ts";
import { casesOf, loadSurfaces, namesOf } from "./surfaces.ts";

const harness = await loadSurfaces();
const surfaces = namesOf(harness, "embeddingSurfaces");
const providers = namesOf(harness, "embeddingDialects");
const requests = casesOf("embeddings", "requests", surfaces);
const responses = casesOf("embeddings", "responses", providers);

function response(
  provider: string,
  surface: string,
  body: string,
  isBase64 = false,
  count = inputsOf(surface),
): string {
  return harness.text("embeddingResponse", provider, surface, body, isBase64 ? 1 : 0, count) ?? "";
}

/** An OpenAI answer with one vector. */
function answerWith(embedding: string): string {
  return `{"object":"list","data":[{"object":"embedding","index":0,"embedding":${embedding}}],"model":"m"}`;
}

test("every surface and every provider has fixtures, and a target", () => {
  for (const surface of surfaces) expect(requests.filter((one) => one.source === surface).length).toBeGreaterThan(4);
  for (const name of providers) expect(responses.filter((one) => one.source === name).length).toBeGreaterThan(1);
  const reached = Object.values(embeddingTargets).map(([dialect]) =>
    dialect === "openai-chat" ? "openai-embeddings" : dialect,
  );
  expect(new Set(reached)).toEqual(new Set(providers));
});

test("targets of either of OpenAI's dialects embed as OpenAI does", () => {
  for (const name of ["openai-chat", "openai-responses"])
    expect(harness.text("embeddingPath", name)).toBe("/embeddings");
  expect(harness.text("embeddingPath", "anthropic")).toBe("");
});

describe("vectors", () => {
  const random = seededRandom("embeddings");

  test("of lists are copied byte by byte", () => {
    const list = "[ 0.1, -2.5e-3,\n1E2 ]";
    for (const surface of surfaces) expect(response("openai-chat", surface, answerWith(list))).toContain(list);
  });

  test("become base64 and numbers again without the least change", () => {
    for (let round = 0; round < 200; ++round) {
      const bits = Uint32Array.from({ length: 1 + random.below(40) }, () => random.below(2 ** 32));
      const floats = new Float32Array(bits.buffer).map((value) => (Number.isFinite(value) ? value : -0));
      const packed = Buffer.from(floats.buffer).toString("base64");
      const list = `[${Array.from(floats, (value) => (Object.is(value, -0) ? "-0.0" : String(value))).join(",")}]`;
      const toBase64 = JSON.parse(response("openai-chat", "embeddings", answerWith(list), true));
      expect(toBase64.data[0].embedding).toBe(packed);
      const toList = JSON.parse(response("openai-chat", "embeddings", answerWith(`"${packed}"`), false));
      expect(Buffer.from(Float32Array.from(toList.data[0].embedding).buffer).toString("base64")).toBe(packed);
    }
  });

  test("of decimals are rounded as JavaScript rounds them", () => {
    const decimal = (): string => {
      const digits = String(random.below(2 ** 32)) + String(random.below(2 ** 32)).slice(0, random.below(11));
      const point = random.below(digits.length);
      const whole = `${digits.slice(0, point) || "0"}`.replace(/^0+(?=\d)/, "");
      const exponent = random.below(4) ? "" : `e${random.below(60) - 45}`;
      return `${random.of(["", "-"])}${whole}.${"0".repeat(random.below(12))}${digits.slice(point)}${exponent}`;
    };
    const list = Array.from({ length: 20000 }, decimal).filter((text) => Number.isFinite(Math.fround(Number(text))));
    // The middle between two neighbours, and what is next to it.
    for (const middle of ["1.00000005960464477539", "0.100000005215406417846", "16777217", "16777219.0", "7e-46"]) {
      list.push(middle, `${middle.replace(/e.*|$/, "1$&")}`, "1.0000000596046448", "0.10000000521540642");
    }
    const { data } = JSON.parse(response("openai-chat", "embeddings", answerWith(`[${list.join(" , ")}]`), true));
    expect(data[0].embedding).toBe(Buffer.from(Float32Array.from(list.map(Number)).buffer).toString("base64"));
  });

  test.each(['["1"]', "[[1]]", "[1,null]", "[1e999]", "[1,]", '"AAA="', '"!"', '"AADAfw=="', "{}", "7"])(
    "that are none are the provider's fault: %s",
    (vector) => {
      const isBase64 = !vector.startsWith('"');
      expect(response("openai-chat", "embeddings", answerWith(vector), isBase64)).toBe("");
    },
  );

  test("are put into the order of their inputs", () => {
    const data = [2, 0, 1].map((index) => ({ index, embedding: [index] }));
    const body = response("openai-chat", "batchEmbedContents", JSON.stringify({ data }));
    expect(JSON.parse(body)).toEqual({ embeddings: [{ values: [0] }, { values: [1] }, { values: [2] }] });
  });

  test("must be as many as the inputs", () => {
    const body = answerWith("[1]");
    expect(response("openai-chat", "embeddings", body, false, 1)).not.toBe("");
    expect(response("openai-chat", "embeddings", body, false, 2)).toBe("");
    expect(harness.text("lastFault")).toBe("The provider did not answer with one vector for each input");
  });

  test("may hold more numbers together than a tape has nodes", () => {
    const vector = `[${"0.125,".repeat(3071)}0.125]`;
    const data = Array.from({ length: 400 }, (_, index) => `{"index":${index},"embedding":${vector}}`).join();
    const body = response("openai-chat", "embeddings", `{"data":[${data}],"model":"m"}`);
    expect(JSON.parse(body).data).toHaveLength(400);
  });
});

describe("hostile input", () => {
  const random = seededRandom("embeddings");
  const names = Object.keys(embeddingTargets);

  test("never traps and never gives broken JSON", () => {
    for (let i = 0; i < 40; ++i) {
      for (const one of requests)
        for (const name of names) embeddingRequest(harness, one.source, name, mutate(one.text, random));
      for (const one of responses) {
        for (const surface of surfaces) {
          const text = response(one.source, surface, mutate(one.text, random), random.below(2) === 1);
          if (text) JSON.parse(text);
        }
      }
    }
  });
});
