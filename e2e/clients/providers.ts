// Providers of every dialect, each on the simulator as a stranger's configuration would have them, reached by the names
// of their models: `bedrock/us.anthropic.…`. The simulator answers each path as that provider would, and refuses what
// it would refuse.
import type { Dialect } from "../../control/src/model/dialect.ts";
import type { Simulator } from "../../control/src/simulator/simulator.ts";
import { gatewayBlock } from "../configurations.ts";

export interface Provider {
  name: string;
  dialect: Dialect;
  /** A model that chats, thinks and sees. */
  model: string;
  /** Null where the provider embeds nothing. */
  embeddingModel: string | null;
  /** False where the provider keeps thoughts to itself. */
  showsThoughts: boolean;
  /** Another way to a dialect that is here already: one client of each API is enough. */
  isVariant?: true;
  /** Of its configuration, as YAML's flow style has it. */
  settings: string;
}

const vertex = "@SIMULATOR@/v1/projects/weir/locations/global/publishers";
const bearer = "apiKey: fake-provider-key";

export const providers: Provider[] = [
  {
    name: "openai-chat",
    dialect: "openai-chat",
    model: "gpt-4.1",
    embeddingModel: "text-embedding-3-small",
    showsThoughts: false,
    settings: `type: generic, baseUrl: "@SIMULATOR@/v1", surfaces: [chat/completions, embeddings], ${bearer}`,
  },
  {
    name: "deepseek",
    dialect: "openai-chat",
    model: "deepseek-v4-flash",
    embeddingModel: null,
    showsThoughts: true,
    isVariant: true,
    settings: `type: deepseek, baseUrl: "@SIMULATOR@", surfaces: [chat/completions], ${bearer}`,
  },
  {
    name: "azure",
    dialect: "openai-chat",
    model: "our-deployment",
    embeddingModel: "our-embeddings",
    showsThoughts: false,
    isVariant: true,
    settings: `type: azure, baseUrl: "@SIMULATOR@", azure: { apiVersion: 2024-10-21 }, ${bearer}`,
  },
  {
    name: "openai-responses",
    dialect: "openai-responses",
    model: "gpt-5.2",
    embeddingModel: "text-embedding-3-small",
    showsThoughts: true,
    settings: `type: openai, dialect: openai-responses, baseUrl: "@SIMULATOR@/v1", surfaces: [responses, embeddings], ${bearer}`,
  },
  {
    name: "anthropic",
    dialect: "anthropic",
    model: "claude-sonnet-4-5",
    embeddingModel: null,
    showsThoughts: true,
    settings: `type: anthropic, baseUrl: "@SIMULATOR@/v1", ${bearer}`,
  },
  {
    name: "anthropic-newest",
    dialect: "anthropic",
    model: "claude-opus-4-7",
    embeddingModel: null,
    showsThoughts: true,
    isVariant: true,
    settings: `type: anthropic, baseUrl: "@SIMULATOR@/v1", ${bearer}`,
  },
  {
    name: "vertex-anthropic",
    dialect: "anthropic",
    model: "claude-sonnet-4-5@20250929",
    embeddingModel: null,
    showsThoughts: true,
    isVariant: true,
    settings: `type: vertex, baseUrl: "${vertex}/anthropic", google: { publisher: anthropic, serviceAccount: "\${SERVICE_ACCOUNT}" }`,
  },
  {
    name: "gemini",
    dialect: "gemini",
    model: "gemini-2.5-flash",
    embeddingModel: "gemini-embedding-001",
    showsThoughts: true,
    settings: `type: gemini, baseUrl: "@SIMULATOR@/v1beta", ${bearer}`,
  },
  {
    name: "gemini-3",
    dialect: "gemini",
    model: "gemini-3-pro-preview",
    embeddingModel: "gemini-embedding-001",
    showsThoughts: true,
    isVariant: true,
    settings: `type: gemini, baseUrl: "@SIMULATOR@/v1beta", ${bearer}`,
  },
  {
    name: "vertex-gemini",
    dialect: "gemini",
    model: "gemini-3-pro-preview",
    // Vertex AI takes several texts at once for its older models only.
    embeddingModel: "text-embedding-005",
    showsThoughts: true,
    isVariant: true,
    settings: `type: vertex, baseUrl: "${vertex}/google", google: { serviceAccount: "\${SERVICE_ACCOUNT}" }`,
  },
  {
    name: "bedrock",
    dialect: "bedrock",
    model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    embeddingModel: "cohere.embed-english-v3",
    showsThoughts: true,
    settings:
      'type: bedrock, baseUrl: "@SIMULATOR@", aws: { region: "${AWS_REGION_NAME}", ' +
      'accessKeyId: "${AWS_KEY_ID}", secretAccessKey: "${AWS_SECRET}" }',
  },
  {
    name: "cohere",
    dialect: "cohere",
    model: "command-a-reasoning-08-2025",
    embeddingModel: "embed-v4.0",
    showsThoughts: true,
    settings: `type: cohere, baseUrl: "@SIMULATOR@/v2", ${bearer}`,
  },
  {
    name: "ollama",
    dialect: "ollama",
    model: "qwen3-vl:8b",
    embeddingModel: "nomic-embed-text",
    showsThoughts: true,
    settings: `type: ollama, baseUrl: "@SIMULATOR@"`,
  },
  {
    name: "dashscope",
    dialect: "dashscope",
    model: "qwen3-vl-plus",
    embeddingModel: "text-embedding-v4",
    showsThoughts: true,
    settings: `type: dashscope, baseUrl: "@SIMULATOR@/api/v1", surfaces: [], ${bearer}`,
  },
];

function providerYaml({ name, settings }: Provider): string {
  return `  - { name: ${name}, ${settings}, modelMapping: { "~^${name}/(.+)$": "$1" } }\n`;
}

function routeYaml({ name }: Provider): string {
  return `  - { name: ${name}, models: ["${name}/*"], targets: [{ provider: ${name} }] }\n`;
}

export const everyProvider = `${gatewayBlock}
providers:
${providers.map(providerYaml).join("")}
routes:
${providers.map(routeYaml).join("")}`;

/** The credentials that the simulator takes. */
export function credentialsOf({ aws, google }: Simulator): Record<string, string> {
  return {
    SERVICE_ACCOUNT: JSON.stringify(google.serviceAccount),
    AWS_REGION_NAME: aws.region,
    AWS_KEY_ID: aws.accessKeyId,
    AWS_SECRET: aws.secretAccessKey,
  };
}
