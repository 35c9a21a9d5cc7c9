// The catalogue is data that nothing compiles: these are the rules that every row keeps.
import { describe, expect, test } from "vitest";
import { readHeaderName } from "../config/schema/http.ts";
import { Mistake } from "../config/schema/scalar.ts";
import { readBaseUrl } from "../config/schema/url.ts";
import { surfaces } from "../model/model.ts";
import { findProvider, providerRows } from "./providers.ts";
import { quirks } from "./quirks.ts";
import { availableDialects } from "./row.ts";

/** The types that a configuration for Higress may name, and those promised beside them. */
const promised =
  "moonshot azure ai360 github qwen openai groq grok baichuan yi deepseek zhipuai ollama claude baidu hunyuan stepfun minimax cloudflare spark gemini deepl mistral cohere doubao coze together-ai dify bedrock vertex triton openrouter longcat fireworks vllm generic xai perplexity cerebras sambanova deepinfra siliconflow nebius novita lmdeploy sglang simulated".split(
    " ",
  );

test("every promised type is there", () => {
  expect(promised.filter((type) => !findProvider(type))).toEqual([]);
});

test("types and the hosts of different providers are told apart", () => {
  const types = providerRows.map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
  expect(types).toEqual([...types].sort());
});

test("the simulated provider is on this machine only", () => {
  expect(readBaseUrl(findProvider("simulated")!.baseUrl!)).toMatchObject({ host: "127.0.0.1", isTls: false });
});

describe.each(providerRows.map((row) => [row.type, row] as const))("%s", (_, row) => {
  test("has a type, a title and the right availability", () => {
    expect(row.type).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(row.title).not.toBe("");
    expect(row.available).toBe(availableDialects.includes(row.dialect));
    if (row.available) expect(row.instead).toBe("");
  });

  test("has either a base URL or an example of one, each a URL that a configuration could hold", () => {
    expect(row.baseUrl === null).toBe(row.baseUrlExample !== null);
    const urls = [row.baseUrl ?? row.baseUrlExample!, ...row.otherBaseUrls.map(({ url }) => url)];
    for (const url of urls) {
      const read = readBaseUrl(url);
      if (read instanceof Mistake) throw new Error(`${url} ${read.message}`);
      expect(url.endsWith("/")).toBe(false);
      expect(read.isTls || read.host === "127.0.0.1").toBe(true);
    }
  });

  test("sends its key in a header that may be set", () => {
    expect(readHeaderName(row.auth.header)).toBe(row.auth.header);
    expect(row.auth.prefix).toMatch(/^$|^[A-Za-z-]+ $/);
    expect(row.environment ?? "NONE").toMatch(/^[A-Z][A-Z0-9_]*$/);
    if (row.keyRequired) expect(row.environment).not.toBeNull();
  });

  test("has surfaces in the model's order, and paths only for these", () => {
    expect(row.surfaces).toEqual(surfaces.filter((surface) => row.surfaces.includes(surface)));
    expect(row.surfaces.length).toBeGreaterThan(0);
    for (const [surface, path] of Object.entries(row.paths)) {
      expect(row.surfaces).toContain(surface);
      expect(path).toMatch(/^\/[^?#]+[^/]$/);
    }
  });

  test("has only quirks that the plugin knows, and pages to read on", () => {
    for (const quirk of row.quirks) expect(quirks).toContain(quirk);
    for (const url of [row.documentation, row.source]) if (url !== null) expect(new URL(url).protocol).toBe("https:");
    if (row.type !== "simulated") expect(row.documentation).not.toBeNull();
  });
});
