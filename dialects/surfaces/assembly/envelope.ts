// A refusal in the form of errors that the client knows.
import { Slice, Writer } from "@weir/sdk/assembly";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { encodeError as encodeAnthropic, errorStatus as anthropicStatus } from "../../anthropic/assembly/error";
import { encodeError as encodeGemini } from "../../gemini/assembly/error";
import { ChatError, ErrorKind } from "../../hub/assembly/chat-error";
import { contentFrom } from "../../hub/assembly/content";
import { encodeError as encodeOpenAi } from "../../openai-chat/assembly/error";
import { Refusal } from "./refusal";
import { Family } from "./surface";

/** The status that clients of the family get. */
export function statusFor(family: Family, refusal: Refusal): u32 {
  return family == Family.Anthropic ? anthropicStatus(toChatError(family, refusal)) : refusal.status;
}

/** The body. */
export function bodyFor(family: Family, refusal: Refusal): Slice {
  const writer = new Writer(256);
  writeError(family, toChatError(family, refusal), writer);
  return writer.take();
}

/** Writes an error as clients of the family know it. */
export function writeError(family: Family, error: ChatError, output: Writer): void {
  const json = new JsonWriter(output);
  if (family == Family.Anthropic) encodeAnthropic(error, json);
  else if (family == Family.Gemini) encodeGemini(error, json);
  else encodeOpenAi(error, json);
}

function toChatError(family: Family, refusal: Refusal): ChatError {
  // OpenAI calls every mistake of a client's an invalid request, and tells them apart by their codes.
  const isLimit = refusal.kind == ErrorKind.RateLimit || refusal.kind == ErrorKind.Billing;
  const isInvalid = family == Family.OpenAi && refusal.status < 500 && !isLimit;
  const error = ChatError.of(isInvalid ? ErrorKind.InvalidRequest : refusal.kind, content(refusal.message));
  error.status = refusal.status;
  error.code = content(refusal.code);
  error.param = content(refusal.param);
  error.rawDetails = refusal.rawDetails;
  return error;
}

function content(text: string): Slice {
  return contentFrom(Slice.of(text));
}
