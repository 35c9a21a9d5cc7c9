// Every dialect of chat traffic, a line for clients and one for providers: import it, and add it to the list.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { AnthropicClient } from "../../anthropic/assembly/client";
import { AnthropicProvider } from "../../anthropic/assembly/provider";
import { BedrockProvider } from "../../bedrock/assembly/provider";
import { CohereProvider } from "../../cohere/assembly/provider";
import { OllamaProvider } from "../../ollama/assembly/provider";
import { DashScopeProvider } from "../../dashscope/assembly/provider";
import { GeminiClient } from "../../gemini/assembly/client";
import { GeminiProvider } from "../../gemini/assembly/provider";
import { ClientDialect } from "../../hub/assembly/client-dialect";
import { ProviderDialect } from "../../hub/assembly/provider-dialect";
import { OpenAiChatClient } from "../../openai-chat/assembly/client";
import { OpenAiChatProvider } from "../../openai-chat/assembly/provider";
import { OpenAiCompletionsClient } from "../../openai-completions/assembly/client";
import { OpenAiResponsesClient } from "../../openai-responses/assembly/client";
import { OpenAiResponsesProvider } from "../../openai-responses/assembly/provider";

/** What clients may speak. */
export const clients: ClientDialect[] = [
  new OpenAiChatClient(),
  new OpenAiCompletionsClient(),
  new OpenAiResponsesClient(),
  new AnthropicClient(),
  new GeminiClient(),
];

/** What providers may speak. */
export const providers: ProviderDialect[] = [
  new OpenAiChatProvider(),
  new AnthropicProvider(),
  new OpenAiResponsesProvider(),
  new BedrockProvider(),
  new CohereProvider(),
  new OllamaProvider(),
  new DashScopeProvider(),
  new GeminiProvider(),
];

/** The clients' dialect with this name, or null. */
export function findClient(name: Slice): ClientDialect | null {
  for (let i = 0; i < clients.length; ++i) if (clients[i].name.equals(name)) return clients[i];
  return null;
}

/** The providers' dialect with this name, or null. */
export function findProvider(name: Slice): ProviderDialect | null {
  for (let i = 0; i < providers.length; ++i) if (providers[i].name.equals(name)) return providers[i];
  return null;
}
