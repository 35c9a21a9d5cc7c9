// AWS's binary event stream: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
import { EventStreamCodec } from "@smithy/eventstream-codec";
import type { Json } from "../answer.ts";
import type { Framing } from "../framing.ts";

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
);

/** An event is an object with one field: its name and what it holds. */
export const eventStream: Framing = {
  contentType: "application/vnd.amazon.eventstream",
  frame: (events) =>
    events.flatMap((event) => Object.entries(event).map(([name, content]) => encode(name, content as Json))),
  end: [],
  malformed: withWrongChecksum(encode("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "broken" } })),
};

function encode(name: string, content: Json): Buffer {
  const kind = name.endsWith("Exception") ? "exception" : "event";
  const header = (value: string) => ({ type: "string" as const, value });
  const message = codec.encode({
    headers: {
      [`:${kind}-type`]: header(name),
      ":content-type": header("application/json"),
      ":message-type": header(kind),
    },
    body: Buffer.from(JSON.stringify(content)),
  });
  return Buffer.from(message);
}

function withWrongChecksum(message: Buffer): Buffer {
  const last = message.length - 1;
  message[last] = (message[last] ?? 0) ^ 0xff;
  return message;
}
