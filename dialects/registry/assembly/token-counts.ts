// Every dialect of token counting: a line for each surface of clients and for each kind of provider.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { VERTEX_VERSION } from "../../anthropic/assembly/encode-request";
import { AnthropicTokenCountClient, AnthropicTokenCountProvider } from "../../anthropic/assembly/token-count";
import { BedrockTokenCountProvider } from "../../bedrock/assembly/token-count";
import {
  GeminiTokenCountClient,
  GeminiTokenCountProvider,
  VertexTokenCountProvider,
} from "../../gemini/assembly/token-count";
import { TokenCountClient, TokenCountProvider } from "../../hub/assembly/token-count";
import { ResponsesTokenCountProvider } from "../../openai-responses/assembly/token-count";

/** What clients may speak. */
export const tokenCountClients: TokenCountClient[] = [new AnthropicTokenCountClient(), new GeminiTokenCountClient()];

/** What providers may speak. */
export const tokenCountProviders: TokenCountProvider[] = [
  new AnthropicTokenCountProvider("anthropic", "/messages/count_tokens", Slice.empty()),
  new AnthropicTokenCountProvider("vertex-anthropic", "/models/count-tokens:rawPredict", VERTEX_VERSION),
  new GeminiTokenCountProvider(),
  new VertexTokenCountProvider(),
  new BedrockTokenCountProvider(),
  new ResponsesTokenCountProvider(),
];

/** What clients of this surface speak, or null. */
export function findTokenCountClient(surface: Slice): TokenCountClient | null {
  for (let i = 0; i < tokenCountClients.length; ++i) {
    if (tokenCountClients[i].surface.equals(surface)) return tokenCountClients[i];
  }
  return null;
}

/**
 * What targets of this dialect speak, or null where they count nothing: estimate then. `vertex` and `vertex-anthropic`
 * name Vertex AI's kinds.
 */
export function findTokenCountProvider(dialect: Slice): TokenCountProvider | null {
  for (let i = 0; i < tokenCountProviders.length; ++i) {
    if (tokenCountProviders[i].name.equals(dialect)) return tokenCountProviders[i];
  }
  return null;
}
