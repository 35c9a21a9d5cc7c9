// What the everything-server has: the names and texts that the official conformance suite asks for.
// https://github.com/modelcontextprotocol/conformance
import { createHmac, randomBytes } from "node:crypto";
import { png } from "./rest-api.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- what is in messages is what tests send
export type Json = Record<string, any>;

/** What a tool may do beside answering. */
export interface Turn {
  params: Json;
  /** What the client can do, as it has said. */
  capabilities: Json;
  isModern: boolean;
  notify(method: string, params: Json): void;
  /** Asks the client, in the first era. */
  request(method: string, params: Json): Promise<Json>;
  /** Ends the stream, so that the client has to resume it. */
  closeStream(): void;
  /** Tells all who listen. */
  publish(method: string): void;
}

/** An error of the protocol. */
export class RpcFailure extends Error {
  readonly code: number;
  readonly data: unknown;
  readonly status: number;

  constructor(code: number, message: string, { data, status = 200 }: { data?: unknown; status?: number } = {}) {
    super(message);
    this.code = code;
    this.data = data;
    this.status = status;
  }
}

type Handler = (turn: Turn) => Json | Promise<Json>;

const text = (value: string): Json => ({ content: [{ type: "text", text: value }] });
const image = { type: "image", data: png.toString("base64"), mimeType: "image/png" };
const wav = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";
const embedded = {
  type: "resource",
  resource: { uri: "test://embedded-resource", mimeType: "text/plain", text: "This is an embedded resource content." },
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const names = (property: string, type = "string"): Json => ({
  type: "object",
  properties: { [property]: { type } },
  required: [property],
});
const elicit = (message: string, requestedSchema: Json): Json => ({
  method: "elicitation/create",
  params: { message, requestedSchema },
});
const sample = (prompt: string): Json => ({
  method: "sampling/createMessage",
  params: { messages: [{ role: "user", content: { type: "text", text: prompt } }], maxTokens: 100 },
});
const roots = { method: "roots/list", params: {} };

const secret = randomBytes(32);
const signed = (state: string): string => `${state}.${createHmac("sha256", secret).update(state).digest("hex")}`;

/** The state that comes back; undefined where none does. */
function stateOf({ params }: Turn): string | undefined {
  if (params.requestState === undefined) return undefined;
  const state = String(params.requestState).split(".")[0]!;
  if (signed(state) !== params.requestState) throw new RpcFailure(-32602, "requestState is not what it was");
  return state;
}

/** Asks for `requests` until all are answered. */
function inputs(requests: Json, done: (answers: Json) => Json, state?: string): Handler {
  return (turn) => {
    const known = stateOf(turn);
    const answers = turn.params.inputResponses ?? {};
    const isAnswered = Object.entries(requests).every(([key, { method }]) => isAnswer(method, answers[key]));
    if (isAnswered && (state === undefined || known === state)) return done(answers);
    return {
      resultType: "input_required",
      inputRequests: requests,
      ...(state !== undefined && { requestState: signed(state) }),
    };
  };
}

function isAnswer(method: string, answer: Json | undefined): boolean {
  if (typeof answer !== "object" || answer === null) return false;
  if (method === "elicitation/create") return typeof answer.action === "string";
  return method === "roots/list" ? Array.isArray(answer.roots) : "content" in answer;
}

const elicited =
  (requestedSchema: Json, message = "Please fill in"): Handler =>
  async ({ request }) => {
    const { action, content = {} } = await request("elicitation/create", { message, requestedSchema });
    return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content)}`);
  };

const choices = (...pairs: string[]): Json[] => pairs.map((title, index) => ({ const: `value${index + 1}`, title }));
const options = ["option1", "option2", "option3"];

const multiRound: Handler = (turn) => {
  const state = stateOf(turn);
  const step = (number: number, question: string, property: string): Json => ({
    resultType: "input_required",
    inputRequests: { [`step${number}`]: elicit(`Step ${number}: ${question}`, names(property)) },
    requestState: signed(`round-${number}`),
  });
  const answers = turn.params.inputResponses ?? {};
  if (state === "round-2" && answers.step2) return text("Done");
  return state === "round-1" && answers.step1 ? step(2, "What is your color?", "color") : step(1, "Your name?", "name");
};

const capabilityRequests: Record<string, Json> = {
  sampling: sample("Say something"),
  elicitation: elicit("Your name?", names("name")),
  roots,
};

const stages = async ({ notify }: Turn, step: (progress: number) => [string, Json]): Promise<void> => {
  for (const progress of [0, 50, 100]) {
    notify(...step(progress));
    if (progress < 100) await pause(50);
  }
};

interface Tool {
  description: string;
  inputSchema?: Json;
  handler: Handler;
}

export const tools: Record<string, Tool> = {
  test_simple_text: {
    description: "Answers with text",
    handler: () => text("This is a simple text response for testing."),
  },
  test_image_content: { description: "Answers with a picture", handler: () => ({ content: [image] }) },
  test_audio_content: {
    description: "Answers with a sound",
    handler: () => ({ content: [{ type: "audio", data: wav, mimeType: "audio/wav" }] }),
  },
  test_embedded_resource: { description: "Answers with a resource", handler: () => ({ content: [embedded] }) },
  test_multiple_content_types: {
    description: "Answers with several kinds of content",
    handler: () => ({ content: [{ type: "text", text: "Multiple content types test:" }, image, embedded] }),
  },
  test_tool_with_logging: {
    description: "Says what it does",
    handler: async (turn) => {
      await stages(turn, (at) => ["notifications/message", { level: "info", data: `At ${at}` }]);
      return text("Done");
    },
  },
  test_error_handling: {
    description: "Fails",
    handler: () => ({ ...text("This tool intentionally returns an error for testing"), isError: true }),
  },
  test_tool_with_progress: {
    description: "Says how far it is",
    handler: async (turn) => {
      const progressToken = turn.params._meta?.progressToken;
      if (progressToken !== undefined) {
        await stages(turn, (progress) => ["notifications/progress", { progressToken, progress, total: 100 }]);
      }
      return text("Done");
    },
  },
  test_sampling: {
    description: "Has the client's model say something",
    inputSchema: names("prompt"),
    handler: async ({ request, params }) => {
      const { content } = await request("sampling/createMessage", sample(params.arguments.prompt).params);
      return text(`LLM response: ${content?.text}`);
    },
  },
  test_roots: {
    description: "Asks where the client works",
    handler: async ({ request }) => text(JSON.stringify((await request("roots/list", {})).roots)),
  },
  test_elicitation: {
    description: "Asks the user",
    inputSchema: names("message"),
    handler: async ({ request, params }) => {
      const asked = { message: params.arguments.message, requestedSchema: names("response") };
      const { action, content = {} } = await request("elicitation/create", asked);
      return text(`User response: action=${action}, content=${JSON.stringify(content)}`);
    },
  },
  test_elicitation_sep1034_defaults: {
    description: "Asks with defaults",
    handler: elicited({
      type: "object",
      properties: {
        name: { type: "string", default: "John Doe" },
        age: { type: "integer", default: 30 },
        score: { type: "number", default: 95.5 },
        status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
        verified: { type: "boolean", default: true },
      },
    }),
  },
  test_elicitation_sep1330_enums: {
    description: "Asks with choices",
    handler: elicited({
      type: "object",
      properties: {
        untitledSingle: { type: "string", enum: options },
        titledSingle: { type: "string", oneOf: choices("First Option", "Second Option", "Third Option") },
        legacyEnum: {
          type: "string",
          enum: ["opt1", "opt2", "opt3"],
          enumNames: ["Option One", "Option Two", "Option Three"],
        },
        untitledMulti: { type: "array", items: { type: "string", enum: options } },
        titledMulti: { type: "array", items: { anyOf: choices("First Choice", "Second Choice", "Third Choice") } },
      },
    }),
  },
  test_reconnection: {
    description: "Ends its stream in the middle",
    handler: async ({ closeStream }) => {
      closeStream();
      await pause(100);
      return text("Resumed");
    },
  },
  json_schema_2020_12_tool: {
    description: "Tool with JSON Schema 2020-12 features",
    inputSchema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: { address: { $anchor: "addressDef", type: "object", properties: { street: { type: "string" } } } },
      properties: {
        name: { type: "string" },
        address: { $ref: "#/$defs/address" },
        contactMethod: { type: "string", enum: ["phone", "email"] },
        phone: { type: "string" },
        email: { type: "string" },
      },
      allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
      if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: { required: ["phone"] },
      else: { required: ["email"] },
      additionalProperties: false,
    },
    handler: () => text("Done"),
  },
  test_missing_capability: {
    description: "Needs a client that can sample",
    handler: ({ capabilities }) => {
      if (capabilities.sampling) return text("Done");
      const data = { requiredCapabilities: { sampling: {} } };
      throw new RpcFailure(-32021, "The client cannot sample", { data, status: 400 });
    },
  },
  test_logging_tool: {
    description: "Says what it does, where it is asked to",
    handler: ({ notify }) => {
      notify("notifications/message", { level: "info", data: "At work" });
      return text("Done");
    },
  },
  test_trigger_tool_change: {
    description: "Has the list of tools change",
    handler: ({ publish }) => (publish("notifications/tools/list_changed"), text("Done")),
  },
  test_trigger_prompt_change: {
    description: "Has the list of prompts change",
    handler: ({ publish }) => (publish("notifications/prompts/list_changed"), text("Done")),
  },
  test_custom_headers: {
    description: "Has an argument that a header repeats",
    inputSchema: { type: "object", properties: { region: { type: "string", "x-mcp-header": "Region" } } },
    handler: ({ params }) => text(String(params.arguments?.region)),
  },
  test_input_required_result_elicitation: {
    description: "Asks for a name",
    handler: inputs({ user_name: elicit("What is your name?", names("name")) }, (answers) =>
      text(`Hello, ${answers.user_name.content?.name}!`),
    ),
  },
  test_streaming_elicitation: {
    description: "Asks for a name in a stream",
    handler: (turn) => {
      turn.notify("notifications/progress", { progressToken: "p", progress: 0, total: 1 });
      return inputs({ user_name: elicit("What is your name?", names("name")) }, () => text("Done"))(turn);
    },
  },
  test_input_required_result_sampling: {
    description: "Asks the client's model",
    handler: inputs({ capital_question: sample("What is the capital of France?") }, (answers) =>
      text(answers.capital_question.content.text),
    ),
  },
  test_input_required_result_list_roots: {
    description: "Asks for roots",
    handler: inputs({ client_roots: roots }, (answers) => text(JSON.stringify(answers.client_roots.roots))),
  },
  test_input_required_result_request_state: {
    description: "Has a state that comes back",
    handler: inputs({ confirm: elicit("Please confirm", names("ok", "boolean")) }, () => text("state-ok"), "asked"),
  },
  test_input_required_result_multiple_inputs: {
    description: "Asks for three things",
    handler: inputs(
      {
        user_name: elicit("What is your name?", names("name")),
        greeting: sample("Generate a greeting"),
        client_roots: roots,
      },
      () => text("Done"),
      "all",
    ),
  },
  test_input_required_result_multi_round: { description: "Asks twice", handler: multiRound },
  test_input_required_result_tampered_state: {
    description: "Knows its state",
    handler: inputs({ confirm: elicit("Please confirm", names("ok", "boolean")) }, () => text("Done"), "sealed"),
  },
  test_input_required_result_capabilities: {
    description: "Asks for what the client can do",
    handler: (turn) => {
      const able = Object.entries(capabilityRequests).filter(([name]) => turn.capabilities[name]);
      if (able.length === 0) return text("Nothing to ask");
      return inputs(Object.fromEntries(able), () => text("Done"))(turn);
    },
  },
};

export const resources: Record<string, Json> = {
  "test://static-text": { mimeType: "text/plain", text: "This is the content of the static text resource." },
  "test://static-binary": { mimeType: "image/png", blob: png.toString("base64") },
  "test://watched-resource": { mimeType: "text/plain", text: "Watched resource content" },
};

export const template = {
  uriTemplate: "test://template/{id}/data",
  name: "template",
  description: "Data of any id",
  mimeType: "application/json",
};

export function readResource(uri: string): Json {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  const made = { id, templateTest: true, data: `Data for ID: ${id}` };
  const found = id === undefined ? resources[uri] : { mimeType: "application/json", text: JSON.stringify(made) };
  if (!found) throw new RpcFailure(-32602, "Resource not found", { data: { uri } });
  return { contents: [{ uri, ...found }] };
}

interface Prompt {
  description: string;
  arguments?: Json[];
  handler: Handler;
}

const says = (...contents: Json[]): Json => ({ messages: contents.map((content) => ({ role: "user", content })) });
const line = (value: string): Json => ({ type: "text", text: value });
const argument = (name: string): Json => ({ name, description: `The ${name}`, required: true });

export const prompts: Record<string, Prompt> = {
  test_simple_prompt: {
    description: "Without arguments",
    handler: () => says(line("This is a simple prompt for testing.")),
  },
  test_prompt_with_arguments: {
    description: "With arguments",
    arguments: [argument("arg1"), argument("arg2")],
    handler: ({ params: { arguments: given = {} } }) =>
      says(line(`Prompt with arguments: arg1='${given.arg1}', arg2='${given.arg2}'`)),
  },
  test_prompt_with_embedded_resource: {
    description: "With a resource",
    arguments: [argument("resourceUri")],
    handler: ({ params: { arguments: given = {} } }) =>
      says(
        { type: "resource", resource: { uri: given.resourceUri, mimeType: "text/plain", text: "Embedded" } },
        line("Look"),
      ),
  },
  test_prompt_with_image: { description: "With a picture", handler: () => says(image, line("Look")) },
  test_input_required_result_prompt: {
    description: "Asks for its context",
    handler: inputs({ user_context: elicit("What context should the prompt use?", names("context")) }, (answers) =>
      says(line(`Context: ${answers.user_context.content?.context}`)),
    ),
  },
};
