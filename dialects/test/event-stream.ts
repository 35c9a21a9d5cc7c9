// Bedrock's stream fixtures, which are kept readable: a line for each message, its name, a space, its payload. Names
// that begin with `exception:` or `error:` are messages of those types; an error has its message as payload.
import { EventStreamCodec } from "@smithy/eventstream-codec";

type Headers = Parameters<EventStreamCodec["encode"]>[0]["headers"];

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);

function textHeaders(values: Record<string, string>): Headers {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { type: "string", value }]));
}

/** The message that a line stands for, as it goes over the wire. */
export function encodeMessage(line: string): Uint8Array {
  const space = line.indexOf(" ");
  const name = space < 0 ? line : line.slice(0, space);
  const payload = space < 0 ? "" : line.slice(space + 1).replace(/\n$/, "");
  const [, type = "event", value = name] = /^(exception|error):(.*)$/s.exec(name) ?? [];
  if (type === "error") {
    const headers = { ":message-type": type, ":error-code": value, ":error-message": payload };
    return codec.encode({ headers: textHeaders(headers), body: new Uint8Array() });
  }
  const headers = { [`:${type}-type`]: value, ":content-type": "application/json", ":message-type": type };
  return codec.encode({ headers: textHeaders(headers), body: Buffer.from(payload) });
}
