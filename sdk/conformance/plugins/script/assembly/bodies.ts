// Operations on bodies and TCP data.
import {
  BodyBuffer,
  downstreamData,
  logInfo,
  requestBody,
  responseBody,
  Slice,
  upstreamData,
} from "@weir/sdk/assembly";
import { report } from "./perform";
import { Operation } from "./program";

export function performOnBody(operation: Operation): bool {
  const verb = operation.verb;
  const buffer = bufferOf(operation.word(0));
  if (verb == "body") logInfo(`body "${buffer.get(0, u32.MAX_VALUE).toText()}"`);
  else if (verb == "bodyPart") part(operation, buffer);
  else if (verb == "bodyLength") logInfo(`length ${buffer.length}`);
  else if (verb == "replace") report(operation, buffer.replace(Slice.of(operation.text(1))));
  else if (verb == "append") report(operation, buffer.append(Slice.of(operation.text(1))));
  else if (verb == "prepend") report(operation, buffer.prepend(Slice.of(operation.text(1))));
  else return false;
  return true;
}

function bufferOf(name: string): BodyBuffer {
  if (name == "request") return requestBody;
  if (name == "response") return responseBody;
  return name == "downstream" ? downstreamData : upstreamData;
}

/** bodyPart <buffer> <start> <size> */
function part(operation: Operation, buffer: BodyBuffer): void {
  const start = I32.parseInt(operation.word(1));
  const size = I32.parseInt(operation.word(2));
  logInfo(`part "${buffer.get(start, size).toText()}"`);
}
