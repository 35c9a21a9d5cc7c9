// What a request may refer to that OpenAI alone keeps: earlier responses, conversations, prompts, items. Spliced
// requests reach it; translated ones are refused, for another provider cannot know what it says.
// https://platform.openai.com/docs/guides/conversation-state
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError } from "../../hub/assembly/chat-error";
import * as own from "./names";

@final
class Refusal {
  constructor(
    readonly param: Slice,
    readonly code: Slice,
    readonly detail: string,
  ) {}
}

const UNSUPPORTED = Slice.of("unsupported_parameter");
// OpenAI's own code for a response that it does not know: clients that know it send the whole history instead.
const NOT_FOUND = Slice.of("previous_response_not_found");
const NO_RESPONSES =
  "The provider of this request keeps no responses: leave out previous_response_id, send the whole history in input";
const NO_CONVERSATIONS =
  "The provider of this request keeps no conversations: leave out conversation, send the whole history in input";
const NO_PROMPTS = "The provider of this request keeps no prompts: send instructions and input in place of prompt";
const NO_ITEMS = "The provider of this request keeps no items: send the item itself in place of an item_reference";

const MEMBERS: Refusal[] = [
  new Refusal(own.PREVIOUS_RESPONSE_ID, NOT_FOUND, NO_RESPONSES),
  new Refusal(own.CONVERSATION, UNSUPPORTED, NO_CONVERSATIONS),
  new Refusal(own.PROMPT, UNSUPPORTED, NO_PROMPTS),
];

/** Refuses a request that refers to what the provider would have to keep. */
export function refuseKept(tape: JsonTape): Fault | null {
  for (let i = 0; i < MEMBERS.length; ++i) {
    const node = tape.find(tape.root, MEMBERS[i].param);
    if (node < 0 || tape.kind(node) == JsonKind.Null) continue;
    return new Fault(FaultCode.Unsupported, tape.start(node), MEMBERS[i].detail);
  }
  return null;
}

/** Refuses an item that is only referred to. */
export function refuseReference(at: i32): Fault {
  return new Fault(FaultCode.Unsupported, at, NO_ITEMS);
}

/** Names the parameter that was refused. */
export function completeRefusal(fault: Fault, error: ChatError): void {
  error.code = UNSUPPORTED;
  error.param = own.INPUT;
  for (let i = 0; i < MEMBERS.length; ++i) {
    if (MEMBERS[i].detail != fault.detail) continue;
    error.code = MEMBERS[i].code;
    error.param = MEMBERS[i].param;
  }
}
