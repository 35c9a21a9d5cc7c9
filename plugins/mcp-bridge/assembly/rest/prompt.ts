// A prompt: messages made of its arguments.
// https://modelcontextprotocol.io/specification/2025-11-25/server/prompts
import { JsonKind, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { PROMPTS } from "../protocol/listing";
import { Outcome } from "../protocol/outcome";
import { Request } from "../protocol/request";
import { RpcError } from "../protocol/rpc-error";
import { JsonTemplate } from "./json-template";
import { Preparation } from "./preparation";
import { RestServer } from "./rest-server";
import { RestTool } from "./tool";

const NAME = Slice.of("name");
const ARGUMENTS = Slice.of("arguments");
const DESCRIPTION = Slice.of("description");
const MESSAGES = Slice.of("messages");

/** One prompt. */
@final
export class RestPrompt {
  /** Empty for none. */
  description: Slice = Slice.empty();

  constructor(
    /** Its arguments, and what the client is asked. */
    readonly source: RestTool,
    readonly messages: JsonTemplate,
  ) {}
}

/** prompts/get */
export function getPrompt(server: RestServer, request: Request): Outcome {
  const message = request.message;
  const tape = message.tape;
  const name = message.param(NAME);
  if (tape.kind(name) != JsonKind.String) return refused("name must be a string");
  const prompt = server.promptNamed(tape.text(name), request);
  if (!prompt) {
    const refusal = request.rights.refusalOf(PROMPTS, tape.text(name));
    return refusal ? Outcome.ofError(refusal) : refused("Unknown prompt: " + tape.text(name).toText());
  }
  const given = message.param(ARGUMENTS);
  const kind = tape.kind(given);
  if (kind != JsonKind.Object && kind != JsonKind.Missing && kind != JsonKind.Null) {
    return refused("arguments must be an object");
  }
  const preparation = new Preparation(server, prompt.source, request);
  const ended = preparation.prepare(tape, given);
  return ended ? ended : rendered(prompt, preparation);
}

function rendered(prompt: RestPrompt, preparation: Preparation): Outcome {
  const messages = prompt.messages.execute(preparation.scope);
  if (!messages) return refused("The prompt's template has failed: " + prompt.messages.problem);
  const json = new JsonWriter(new Writer(messages.length + 128)).beginObject();
  if (prompt.description.length) json.key(DESCRIPTION).text(prompt.description);
  return Outcome.ofResult(json.key(MESSAGES).raw(messages).endObject().output.take());
}

function refused(message: string): Outcome {
  return Outcome.ofError(RpcError.params(message));
}
