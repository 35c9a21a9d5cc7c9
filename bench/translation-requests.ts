// A conversation of about 17 KB with tools, as each dialect's clients write it.
const words = "Explain how a weir measures the flow of a river, and why its crest is sharp. ";
const text = (characters: number): string => words.repeat(Math.ceil(characters / words.length)).slice(0, characters);
const schema = {
  type: "object",
  properties: { city: { type: "string", description: text(100) }, days: { type: "integer", minimum: 1 } },
  required: ["city"],
};
const input = { city: "Ulm", days: 3 };
const names = ["get_weather", "get_level", "get_flow"];

const openAiChat = {
  model: "gpt-4o",
  temperature: 0.2,
  stream: true,
  tools: names.map((name) => ({ type: "function", function: { name, description: text(200), parameters: schema } })),
  messages: [
    { role: "system", content: text(4000) },
    ...[1, 2, 3, 4].flatMap((i) => [
      { role: "user", content: text(800) },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: `call_${i}`, type: "function", function: { name: names[0], arguments: JSON.stringify(input) } },
        ],
      },
      { role: "tool", tool_call_id: `call_${i}`, content: text(600) },
      { role: "assistant", content: text(1000) },
    ]),
    { role: "user", content: text(800) },
  ],
};

const anthropic = {
  model: "claude-sonnet-4-6",
  max_tokens: 1024,
  stream: true,
  system: text(4000),
  tools: names.map((name) => ({ name, description: text(200), input_schema: schema })),
  messages: [
    ...[1, 2, 3, 4].flatMap((i) => [
      { role: "user", content: text(800) },
      { role: "assistant", content: [{ type: "tool_use", id: `toolu_${i}`, name: names[0], input }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: `toolu_${i}`, content: text(600) }] },
      { role: "assistant", content: [{ type: "text", text: text(1000) }] },
    ]),
    { role: "user", content: text(800) },
  ],
};

const openAiResponses = {
  model: "gpt-4o",
  temperature: 0.2,
  stream: true,
  instructions: text(4000),
  tools: names.map((name) => ({ type: "function", name, description: text(200), parameters: schema })),
  input: [
    ...[1, 2, 3, 4].flatMap((i) => [
      { role: "user", content: text(800) },
      { type: "function_call", call_id: `call_${i}`, name: names[0], arguments: JSON.stringify(input) },
      { type: "function_call_output", call_id: `call_${i}`, output: text(600) },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: text(1000) }] },
    ]),
    { role: "user", content: text(800) },
  ],
};

const said = (role: string, ...parts: object[]): object => ({ role, parts });

const gemini = {
  systemInstruction: { parts: [{ text: text(4000) }] },
  generationConfig: { temperature: 0.2, maxOutputTokens: 1024 },
  tools: [
    { functionDeclarations: names.map((name) => ({ name, description: text(200), parametersJsonSchema: schema })) },
  ],
  contents: [
    ...[1, 2, 3, 4].flatMap(() => [
      said("user", { text: text(800) }),
      said("model", { functionCall: { name: names[0], args: input } }),
      said("user", { functionResponse: { name: names[0], response: { result: text(600) } } }),
      said("model", { text: text(1000) }),
    ]),
    said("user", { text: text(800) }),
  ],
};

/** By client dialect. */
export const clientRequests: Record<string, object> = {
  "openai-chat": openAiChat,
  "openai-responses": openAiResponses,
  anthropic,
  gemini,
};
