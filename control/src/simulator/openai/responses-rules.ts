// What the Responses API refuses beyond the shape of a request: items without their partners, what is not its own, and
// parameters that a model does not have.
import { isGiven, type Answer, type Json } from "../answer.ts";
import { unseal } from "../signatures.ts";
import { errorAnswer } from "./errors.ts";
import { textOfItem } from "./responses-items.ts";

/** `items` is the whole conversation; `isStored` tells whether the provider keeps an item of that id. */
export function refusalOf(json: Json, items: Json[], isStored: (id: string) => boolean): Answer | null {
  return (
    refuseNothing(json) ??
    refuseParameters(json) ??
    refuseSchemas(json) ??
    refuseReasoning(items, isStored) ??
    refuseCalls(items) ??
    refuseJsonMode(json, items)
  );
}

function refuseNothing(json: Json): Answer | null {
  const given = ["input", "previous_response_id", "prompt", "conversation"].some((name) => isGiven(json[name]));
  if (
    given &&
    !(Array.isArray(json["input"]) && json["input"].length === 0 && !isGiven(json["previous_response_id"]))
  ) {
    return null;
  }
  const message = 'One of "input" or "previous_response_id" or "prompt" or "conversation_id" must be provided.';
  return errorAnswer(400, message, "missing_required_parameter", "input");
}

function isReasoningModel(model: unknown): boolean {
  return /^(o\d|gpt-[5-9])/.test(String(model));
}

function isPlainModel(model: unknown): boolean {
  return /^gpt-(3|4)/.test(String(model));
}

/** Models that reason take no sampling parameters, the others no reasoning. */
function refuseParameters({
  model,
  temperature,
  top_p: topP,
  reasoning,
  tool_choice: choice,
  tools,
}: Json): Answer | null {
  const effort = (reasoning as Json | null | undefined)?.["effort"];
  const unsupported =
    isReasoningModel(model) && effort !== "none"
      ? [isGiven(temperature) && temperature !== 1 && "temperature", isGiven(topP) && topP !== 1 && "top_p"]
      : [isPlainModel(model) && isGiven(effort) && "reasoning.effort"];
  const name = unsupported.find((candidate) => typeof candidate === "string");
  if (name) {
    const message = `Unsupported parameter: '${name}' is not supported with this model.`;
    return errorAnswer(400, message, "unsupported_parameter", name);
  }
  const { type, name: chosen } = (typeof choice === "object" ? (choice ?? {}) : {}) as Json;
  const known = ((tools ?? []) as Json[]).some((tool) => tool["name"] === chosen);
  if (type !== "function" || known) return null;
  return errorAnswer(400, `Tool choice 'function' not found in 'tools' parameter.`, null, "tool_choice");
}

/** A strict schema closes every object and requires all of its properties. */
function refuseSchemas({ tools, text }: Json): Answer | null {
  for (const [index, tool] of ((tools ?? []) as Json[]).entries()) {
    const flaw = tool["type"] === "function" && tool["strict"] === true ? strictFlaw(tool["parameters"]) : null;
    if (flaw === null) continue;
    const message = `Invalid schema for function '${String(tool["name"])}': ${flaw}`;
    return errorAnswer(400, message, "invalid_function_parameters", `tools[${index}].parameters`);
  }
  const format = (text as Json | undefined)?.["format"] as Json | undefined;
  const flaw = format?.["strict"] === true ? strictFlaw(format["schema"]) : null;
  if (flaw === null) return null;
  const message = `Invalid schema for response_format '${String(format?.["name"])}': ${flaw}`;
  return errorAnswer(400, message, "invalid_json_schema", "text.format.schema");
}

function strictFlaw(schema: unknown, context: string[] = []): string | null {
  if (schema === null || typeof schema !== "object") return null;
  const { type, properties, required, additionalProperties, items, anyOf, $defs } = schema as Json;
  const place = `In context=(${context.map((step) => `'${step}'`).join(", ")})`;
  if (type === "object") {
    if (additionalProperties !== false) {
      return `${place}, 'additionalProperties' is required to be supplied and to be false.`;
    }
    const missing = Object.keys(properties ?? {}).find((name) => !((required ?? []) as string[]).includes(name));
    if (missing !== undefined) {
      return (
        `${place}, 'required' is required to be supplied and to be an array including every key in properties. ` +
        `Missing '${missing}'.`
      );
    }
  }
  const nested: [string, unknown][] = [
    ...Object.entries(properties ?? {}).map(([name, value]): [string, unknown] => [`properties/${name}`, value]),
    ...Object.entries($defs ?? {}).map(([name, value]): [string, unknown] => [`$defs/${name}`, value]),
    ["items", items],
    ...((anyOf ?? []) as unknown[]).map((value, at): [string, unknown] => [`anyOf/${at}`, value]),
  ];
  return nested.reduce<string | null>((flaw, [name, value]) => {
    return flaw ?? strictFlaw(value, [...context, ...name.split("/")]);
  }, null);
}

function refuseReasoning(items: Json[], isStored: (id: string) => boolean): Answer | null {
  for (const [index, item] of items.entries()) {
    const { type, encrypted_content: sealed } = item;
    const id = String(item["id"]);
    if ((type === "item_reference" || (type === "reasoning" && !isGiven(sealed))) && !isStored(id)) {
      const message =
        `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with ` +
        `\`store\` set to true, or remove this item from your input.`;
      return errorAnswer(404, message, null, "input");
    }
    if (type !== "reasoning") continue;
    if (isGiven(sealed) && unseal("openai", sealed) === null) {
      const message =
        `The encrypted content ${String(sealed).slice(0, 16)}... could not be verified. Reason: Encrypted content ` +
        `could not be decrypted or parsed.`;
      return errorAnswer(400, message, "invalid_encrypted_content");
    }
    const next = items[index + 1];
    if (!next || next["type"] === "function_call_output" || (next["role"] ?? "assistant") !== "assistant") {
      const message = `Item '${id}' of type 'reasoning' was provided without its required following item.`;
      return errorAnswer(400, message, null, "input");
    }
  }
  return null;
}

/** Every call has its output, and every output its call. */
function refuseCalls(items: Json[]): Answer | null {
  const idsOf = (type: string): string[] =>
    items.filter((item) => item["type"] === type).map((item) => String(item["call_id"]));
  const calls = idsOf("function_call");
  const outputs = idsOf("function_call_output");
  const stray = outputs.find((id) => !calls.includes(id));
  if (stray !== undefined) {
    return errorAnswer(400, `No tool call found for function call output with call_id ${stray}.`, null, "input");
  }
  const open = calls.find((id) => !outputs.includes(id));
  return open === undefined ? null : errorAnswer(400, `No tool output found for function call ${open}.`, null, "input");
}

function refuseJsonMode({ text, instructions }: Json, items: Json[]): Answer | null {
  const format = (text as Json | undefined)?.["format"] as Json | undefined;
  if (format?.["type"] !== "json_object") return null;
  const said = [String(instructions ?? ""), ...items.map(textOfItem)].some((words) => /json/i.test(words));
  const message =
    "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.";
  return said ? null : errorAnswer(400, message, null, "input");
}
