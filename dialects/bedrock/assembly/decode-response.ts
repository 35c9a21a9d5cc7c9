// A whole Converse answer → hub. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { contentAt } from "../../hub/assembly/content";
import { FinishReason } from "../../hub/assembly/finish-reason";
import { answerIdOr } from "../../hub/assembly/made-id";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { BlockDecoder } from "./decode-part";
import { decodeFinish, isMalformed } from "./finish";
import { signaturesOf } from "./model";
import * as own from "./names";
import { decodeUsage } from "./usage";

const OUTPUT = Slice.of("output");
const TRACE = Slice.of("trace");
const PROMPT_ROUTER = Slice.of("promptRouter");
const INVOKED_MODEL = Slice.of("invokedModelId");

/** Reads the answer. It has no id, and a model only where a router chose it. */
export function decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null {
  const root = tape.root;
  const content = tape.find(tape.find(tape.find(root, OUTPUT), names.MESSAGE), names.CONTENT);
  if (tape.kind(content) != JsonKind.Array) {
    return new Fault(FaultCode.Missing, 0, "The provider's answer has no content");
  }
  const reason = tape.text(tape.find(root, own.STOP_REASON));
  if (isMalformed(reason)) return new Fault(FaultCode.InvalidFormat, 0, "The model's output could not be read");
  response.id = answerIdOr(Slice.empty(), options);
  response.model = routedModel(tape);
  response.serviceTier = contentAt(tape, tape.find(root, own.SERVICE_TIER), names.TYPE);
  decodeUsage(tape, tape.find(root, names.USAGE), response.usage);
  const choice = new Choice();
  const blocks = new BlockDecoder(tape, choice.parts, signaturesOf(options.model), response.dropped);
  for (let block = tape.first(content); block >= 0; block = tape.next(block)) blocks.take(block);
  choice.finish = finishOf(reason, blocks.hasCalls);
  choice.stopSequence = stopSequence(tape);
  response.choices.push(choice);
  return null;
}

/** Who answered, where a prompt router chose; empty where none did. */
function routedModel(tape: JsonTape): Slice {
  return contentAt(tape, tape.find(tape.find(tape.root, TRACE), PROMPT_ROUTER), INVOKED_MODEL);
}

/** The stop sequence that came, of an answer or of a stream's last event; empty where it is not told. */
export function stopSequence(tape: JsonTape): Slice {
  return contentAt(tape, tape.find(tape.root, own.ADDITIONAL_RESPONSE_FIELDS), own.STOP_SEQUENCE);
}

/** An answer that came as a call, and no call beside it, is an end like any other. */
export function finishOf(reason: Slice, hasCalls: bool): FinishReason {
  const finish = decodeFinish(reason);
  return finish == FinishReason.ToolCalls && !hasCalls ? FinishReason.Stop : finish;
}
