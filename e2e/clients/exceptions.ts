// Where a client meets something that a provider cannot do, or will not: then the gateway says what it has left out, or
// the provider's refusal reaches the client. Everywhere else nothing may be left out, and nothing refused.
export interface Exception {
  client: RegExp;
  provider: RegExp;
  step: RegExp;
  why: string;
  /** What `x-weir-dropped` names, in the order of the alphabet. */
  dropped?: string;
  /** What the error's message says. */
  refused?: RegExp;
  /** The provider is not asked for its thoughts, and shows none. */
  hidesThoughts?: true;
  /** The class of the client's error. */
  failsAs?: string;
}

const anthropicApi = /^(anthropic for Python|@anthropic-ai\/sdk|ai, @ai-sdk\/anthropic)$/;
const chatApi = /chat completions$|@ai-sdk\/openai-compatible$|@ai-sdk\/openai's chat$/;
const claude = /anthropic|^bedrock$/;

export const exceptions: Exception[] = [
  {
    client: anthropicApi,
    provider: /^anthropic-newest$/,
    step: /^thinking/,
    why: "the clients set a budget, which this model has no more; to a provider of their own dialect they speak as is",
    refused: /thinking\.type\.enabled.* is not supported for this model/,
  },
  {
    client: /^openai, responses$|^openai for Python, /,
    provider: /^dashscope$/,
    step: /^thinking between tools/,
    why: "the tools are strict, and DashScope takes no thoughts back",
    dropped: "strict,thinking",
  },
  {
    client: /^openai for Python, chat completions$/,
    provider: /^(cohere|ollama|dashscope)$/,
    step: /tools/,
    why: "OpenAI's helper for Pydantic makes tools strict",
    dropped: "strict",
  },
  {
    client: /^openai(, | for Python, )responses$/,
    provider: /^(cohere|ollama|dashscope)$/,
    step: /tools/,
    why: "the tools are strict; Cohere's can be only where each of them requires an argument",
    dropped: "strict",
  },
  {
    client: /^(@anthropic|@google|anthropic for Python|ai, @ai-sdk\/openai-compatible|@langchain\/openai, responses)/,
    provider: /^dashscope$/,
    step: /^thinking between tools/,
    why: "DashScope takes no thoughts back",
    dropped: "thinking",
  },
  {
    client: /^ai, @ai-sdk\/anthropic$/,
    provider: /^dashscope$/,
    step: /^thinking between tools$/,
    why: "the same; of a stream this client keeps no thoughts without a signature",
    dropped: "thinking",
  },
  {
    client: chatApi,
    provider: /^openai-responses$/,
    step: /^thinking/,
    why: "no summary is asked for unless the client asks: OpenAI gives it to verified organizations only",
    hidesThoughts: true,
  },
  {
    client: anthropicApi,
    provider: /^openai-responses$/,
    step: /^thinking/,
    why: "the same",
    hidesThoughts: true,
  },
  {
    client: /^@google\/genai$|@ai-sdk\/openai$|responses$/,
    provider: /^(openai-chat|azure)$/,
    step: /^thinking/,
    why: "the clients ask for thoughts to be shown, and OpenAI's chat completions show none",
    dropped: "thinking.display",
  },
  {
    client: anthropicApi,
    provider: /^ollama$/,
    step: /^thinking/,
    why: "Ollama knows how hard to think in words, not in tokens",
    dropped: "thinking.budget_tokens",
  },
  {
    client: /^ai, @ai-sdk\/openai-compatible$/,
    provider: claude,
    step: /^thinking between tools/,
    why: "the client sends thoughts back without their signature, and Claude does not go on thinking without it",
    dropped: "reasoning_effort,thinking",
  },
  {
    client: /^openai, chat completions$|^@langchain.*chat completions$|openai's chat$/,
    provider: claude,
    step: /^thinking between tools/,
    why: "the client does not send thoughts back, and Claude does not go on thinking without them",
    dropped: "reasoning_effort",
  },
  {
    client: /^openai, chat completions$/,
    provider: /^deepseek$/,
    step: /tools/,
    why: "the client does not send thoughts back, which DeepSeek wants; the dialect is its own",
    refused: /must be passed back/,
  },
  {
    client: /^ai, @ai-sdk\/anthropic$/,
    provider: /gemini|^cohere$/,
    step: /^structured output/,
    why: "the client asks for JSON by a tool that is to be called once, which these cannot be told",
    dropped: "parallel_tool_calls",
  },
  {
    client: /^ai, @ai-sdk\/anthropic$/,
    provider: /^ollama$/,
    step: /^structured output/,
    why: "the same, and Ollama cannot be told to call a tool at all",
    dropped: "parallel_tool_calls,tool_choice",
  },
  {
    client: /^openai for Python, responses$/,
    provider: /^openai-responses$/,
    step: /^broken stream$/,
    why: "the client knows this event of OpenAI's own as an answer that did not end",
    failsAs: "RuntimeError",
  },
];

/** The first that fits counts. */
export function exceptionAt(client: string, provider: string, step: string): Exception | null {
  return (
    exceptions.find((each) => each.client.test(client) && each.provider.test(provider) && each.step.test(step)) ?? null
  );
}
