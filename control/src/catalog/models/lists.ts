// Every list of models. A new one is a file beside this one and a line here.
import type { ModelList } from "./list.ts";
import { anthropicModels } from "./anthropic.ts";
import { azureModels } from "./azure.ts";
import { bedrockModels } from "./bedrock.ts";
import { cerebrasModels } from "./cerebras.ts";
import { cohereModels } from "./cohere.ts";
import { dashScopeModels } from "./dash-scope.ts";
import { deepseekModels } from "./deepseek.ts";
import { fireworksModels } from "./fireworks.ts";
import { geminiModels } from "./gemini.ts";
import { groqModels } from "./groq.ts";
import { miniMaxModels } from "./mini-max.ts";
import { mistralModels } from "./mistral.ts";
import { moonshotModels } from "./moonshot.ts";
import { openAiModels } from "./openai.ts";
import { perplexityModels } from "./perplexity.ts";
import { togetherAiModels } from "./together-ai.ts";
import { vertexModels } from "./vertex.ts";
import { xaiModels } from "./xai.ts";
import { zhipuAiModels } from "./zhipu-ai.ts";

export const modelLists: readonly ModelList[] = [
  anthropicModels,
  azureModels,
  bedrockModels,
  cerebrasModels,
  cohereModels,
  dashScopeModels,
  deepseekModels,
  fireworksModels,
  geminiModels,
  groqModels,
  miniMaxModels,
  mistralModels,
  moonshotModels,
  openAiModels,
  perplexityModels,
  togetherAiModels,
  vertexModels,
  xaiModels,
  zhipuAiModels,
];
