// Which family of providers answers which path. A family other than OpenAI's is loaded when it is first asked, so that
// who runs the quick start does not wait for schemas and signatures.
import type { Access, Family } from "./family.ts";
import { OpenaiFamily } from "./openai/openai.ts";

interface Entry {
  path: RegExp;
  load(access: Access): Promise<Family>;
}

const geminiMethods = "generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents|predict";

const entries: Entry[] = [
  {
    path: /\/responses(\/[^/]+){0,2}$/,
    load: async (access) => new (await import("./openai/responses.ts")).ResponsesFamily(access),
  },
  {
    path: /\/messages(\/count_tokens)?$/,
    load: async (access) => new (await import("./anthropic/anthropic.ts")).AnthropicFamily(access),
  },
  {
    path: /^\/v1(beta1)?\/projects\/[^/]+\/locations\/[^/]+\/publishers\/anthropic\/models\/[^/]+$/,
    load: async (access) => new (await import("./anthropic/vertex-anthropic.ts")).VertexAnthropicFamily(access),
  },
  {
    path: new RegExp(`^/v1(beta1?)?/(.+/)?models/[^/]+:(${geminiMethods})$`),
    load: async (access) => new (await import("./gemini/gemini.ts")).GeminiFamily(access),
  },
  {
    path: /^\/token$/,
    load: async (access) => new (await import("./gemini/token-endpoint.ts")).TokenFamily(access),
  },
  {
    path: /^\/model\/[^/]+\/(converse|converse-stream|invoke|count-tokens)$/,
    load: async (access) => new (await import("./bedrock/bedrock.ts")).BedrockFamily(access),
  },
  {
    path: /\/v2\/(chat|embed|rerank)$/,
    load: async (access) => new (await import("./cohere/cohere.ts")).CohereFamily(access),
  },
  {
    path: /^\/api\/(chat|embed|version|tags)$/,
    load: async (access) => new (await import("./ollama/ollama.ts")).OllamaFamily(access),
  },
  {
    path: /^\/api\/v1\/services\/(aigc|embeddings|rerank)\//,
    load: async (access) => new (await import("./dashscope/dashscope.ts")).DashscopeFamily(access),
  },
];

export class Families {
  readonly #access: Access;
  readonly #openai: OpenaiFamily;
  readonly #loaded = new Map<Entry, Promise<Family>>();

  constructor(access: Access) {
    this.#access = access;
    this.#openai = new OpenaiFamily(access);
  }

  async of(path: string): Promise<Family> {
    const entry = entries.find((candidate) => candidate.path.test(path));
    if (!entry) return this.#openai;
    const family = this.#loaded.get(entry) ?? entry.load(this.#access);
    this.#loaded.set(entry, family);
    return family;
  }
}
