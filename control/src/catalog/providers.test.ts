// The catalogue is data that nothing compiles: these are the rules that every row keeps.
import { describe, expect, test } from "vitest";
import { readHeaderName, readHeaderValue } from "../config/schema/http.ts";
import { Mistake } from "../config/schema/scalar.ts";
import { readBaseUrl } from "../config/schema/url.ts";
import { findService, type Dialect } from "../model/dialect.ts";
import { pathNames, surfaces } from "../model/surface.ts";
import { chooseApi, fillIn, partsOf, vertexHost } from "./choose-api.ts";
import { findProvider, providerRows } from "./providers.ts";
import { quirks } from "./quirks.ts";

/** The types that a configuration for Higress may name, and those promised beside them. */
const promised =
  "moonshot azure ai360 github qwen openai groq grok baichuan yi deepseek zhipuai ollama claude baidu hunyuan stepfun minimax cloudflare spark gemini deepl mistral cohere doubao coze together-ai dify bedrock vertex triton openrouter longcat fireworks vllm generic xai perplexity cerebras sambanova deepinfra siliconflow nebius novita lmdeploy sglang simulated anthropic dashscope lmstudio".split(
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
  expect(readBaseUrl(findProvider("simulated")!.apis[0].baseUrl!)).toMatchObject({ host: "127.0.0.1", isTls: false });
});

test("only what nothing translates is not available", () => {
  const others = providerRows.filter((row) => !row.available).map(({ type }) => type);
  expect(others).toEqual(["coze", "deepl", "dify", "triton"]);
});

describe.each(providerRows.map((row) => [row.type, row] as const))("%s", (_, row) => {
  test("has a type, a title and the right availability", () => {
    expect(row.type).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(row.title).not.toBe("");
    if (row.available) expect(row.instead).toBe("");
    expect(row.environment ?? "NONE").toMatch(/^[A-Z][A-Z0-9_]*$/);
    if (row.keyRequired) expect(row.environment).not.toBeNull();
  });

  test("has pages to read on", () => {
    for (const url of [row.documentation, row.source]) if (url !== null) expect(new URL(url).protocol).toBe("https:");
    if (row.type !== "simulated") expect(row.documentation).not.toBeNull();
  });

  test("has one API for each dialect", () => {
    const dialects = row.apis.map(({ dialect }) => dialect);
    expect(new Set(dialects).size).toBe(dialects.length);
  });
});

const apis = providerRows.flatMap((row) => row.apis.map((api) => [`${row.type}, ${api.dialect}`, row, api] as const));

describe.each(apis)("%s", (_, row, api) => {
  test("has either a base URL or an example of one, each a URL that a configuration could hold", () => {
    expect(api.baseUrl === null).toBe(api.baseUrlExample !== null);
    const own = [api.baseUrl ?? api.baseUrlExample!, ...(api.keyBaseUrl ? [api.keyBaseUrl] : [])];
    for (const url of [...own, ...api.otherBaseUrls.map(({ url }) => url)]) {
      const read = readBaseUrl(fillIn(url, { region: "r", project: "p", location: "l", vertexHost: "h.test" }));
      if (read instanceof Mistake) throw new Error(`${url} ${read.message}`);
      expect(url.endsWith("/")).toBe(false);
      expect(read.isTls || read.host === "127.0.0.1").toBe(true);
    }
    if (partsOf(api.baseUrl ?? "").length > 0) expect(row.accounts.length).toBeGreaterThan(0);
  });

  test("sends its key, and what else it sends, in headers that may be set", () => {
    expect(readHeaderName(api.auth.header)).toBe(api.auth.header);
    expect(api.auth.prefix).toMatch(/^$|^[A-Za-z-]+ $/);
    for (const [name, value] of Object.entries(api.headers)) {
      expect(readHeaderName(name)).toBe(name);
      expect(readHeaderValue(value)).toBe(value);
    }
  });

  test("has surfaces in the model's order, and paths of known names", () => {
    expect(api.surfaces).toEqual(surfaces.filter((surface) => api.surfaces.includes(surface)));
    for (const [name, path] of Object.entries(api.paths)) {
      expect(pathNames).toContain(name);
      if ((surfaces as readonly string[]).includes(name)) expect(api.surfaces).toContain(name);
      expect(path).toMatch(/^\.?\/[^?#]+[^/]$/);
    }
  });

  test("has only quirks that the plugin knows", () => {
    for (const quirk of api.quirks) expect(quirks).toContain(quirk);
  });

  test("serves every client that chats", () => {
    if (!row.available) return;
    const servant = { ...api, dialect: api.dialect as Dialect };
    for (const surface of ["chat/completions", "responses", "messages", "streamGenerateContent"] as const) {
      expect(findService(servant, surface)).not.toBeNull();
    }
  });
});

describe("chooseApi()", () => {
  const dialectOf = (type: string, choice: Parameters<typeof chooseApi>[1]) =>
    chooseApi(findProvider(type)!, choice)?.dialect;

  test.each([
    ["gemini", {}, "gemini"],
    ["gemini", { dialect: "openai-chat" }, "openai-chat"],
    ["gemini", { dialect: "anthropic" }, undefined],
    ["gemini", { baseUrl: "https://proxy.test/x/v1beta/openai/" }, "openai-chat"],
    ["gemini", { baseUrl: "https://proxy.test/x/v1beta" }, "gemini"],
    ["gemini", { baseUrl: "https://proxy.test" }, "gemini"],
    ["ollama", { baseUrl: "http://gpu:11434/v1" }, "openai-chat"],
    ["ollama", { baseUrl: "http://gpu:11434" }, "ollama"],
    ["qwen", { baseUrl: "https://dashscope-intl.aliyuncs.com/api/v1" }, "dashscope"],
    ["qwen", {}, "openai-chat"],
    ["anthropic", { baseUrl: "https://proxy.test/v1" }, "anthropic"],
    ["openai", { dialect: "openai-responses" }, "openai-responses"],
    ["generic", { baseUrl: "https://proxy.test/v1beta" }, "openai-chat"],
    ["generic", { dialect: "bedrock" }, "bedrock"],
    ["vertex", { publisher: "anthropic" }, "anthropic"],
    ["vertex", { publisher: "google" }, "gemini"],
  ])("%s with %o speaks %s", (type, choice, dialect) => expect(dialectOf(type, choice)).toBe(dialect));
});

test("vertexHost() knows the regions, the continents and the world", () => {
  expect(vertexHost("global")).toBe("aiplatform.googleapis.com");
  expect(vertexHost("eu")).toBe("aiplatform.eu.rep.googleapis.com");
  expect(vertexHost("us-east5")).toBe("us-east5-aiplatform.googleapis.com");
});
