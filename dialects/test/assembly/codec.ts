// Harness: translation between any two dialects as plain functions over buffers.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { SseSplitter } from "@weir/sdk/assembly/sse/splitter";
import { ChatError } from "../../hub/assembly/chat-error";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ChatResponse } from "../../hub/assembly/chat-response";
import { Dialect, EncodeOptions } from "../../hub/assembly/dialect";
import { StreamDecoder, StreamOptions } from "../../hub/assembly/stream";
import { dialects, findDialect } from "../../registry/assembly/registry";

let dropped: Slice = Slice.empty();
let status: i32 = 0;

/** The names of all dialects, a line each. */
export function names(): ArrayBuffer {
  const writer = new Writer();
  for (let i = 0; i < dialects.length; ++i) writer.bytes(dialects[i].name).byte(0x0a);
  return writer.take().toBuffer();
}

function dialectOf(name: ArrayBuffer): Dialect {
  const found = findDialect(Slice.wrap(name));
  return found ? found : dialects[0];
}

/** What the last translation dropped. */
export function lastDropped(): ArrayBuffer {
  return dropped.toBuffer();
}

/** The status of the last error. */
export function lastStatus(): i32 {
  return status;
}

/** A request for the provider, or the error for the client where `lastStatus` is not 0. `keeps` keeps extensions. */
export function request(source: ArrayBuffer, target: ArrayBuffer, body: ArrayBuffer, keeps: bool): ArrayBuffer {
  const tape = new JsonTape();
  const writer = new Writer();
  const value = new ChatRequest();
  const scanFault = tape.scan(Slice.wrap(body));
  const fault = scanFault ? scanFault : dialectOf(source).decodeRequest(tape, value);
  status = 0;
  if (fault) {
    const error = dialectOf(source).requestError(fault);
    status = dialectOf(source).errorStatus(error);
    dialectOf(source).encodeError(error, writer);
    return writer.take().toBuffer();
  }
  const options = new EncodeOptions();
  options.keepsThinking = keeps;
  options.keepsCacheMarks = keeps;
  dialectOf(target).encodeRequest(value, options, writer);
  dropped = value.dropped.toHeader();
  return writer.take().toBuffer();
}

/** An answer for the client; empty where the provider's is none. */
export function response(source: ArrayBuffer, target: ArrayBuffer, body: ArrayBuffer): ArrayBuffer {
  const tape = new JsonTape();
  const writer = new Writer();
  const value = new ChatResponse();
  if (tape.scan(Slice.wrap(body)) || dialectOf(source).decodeResponse(tape, value)) return new ArrayBuffer(0);
  dialectOf(target).encodeResponse(value, writer);
  dropped = value.dropped.toHeader();
  return writer.take().toBuffer();
}

/** An error for the client. */
export function error(source: ArrayBuffer, target: ArrayBuffer, body: ArrayBuffer, code: i32): ArrayBuffer {
  const tape = new JsonTape();
  const writer = new Writer();
  const value = new ChatError();
  tape.scan(Slice.wrap(body));
  dialectOf(source).decodeError(tape, code, value);
  status = dialectOf(target).errorStatus(value);
  dialectOf(target).encodeError(value, writer);
  return writer.take().toBuffer();
}

let splitter = new SseSplitter();
let options = new StreamOptions();
let decoder: StreamDecoder | null = null;

/** Begins a stream. */
export function open(source: ArrayBuffer, target: ArrayBuffer, includeUsage: bool): void {
  splitter = new SseSplitter();
  options = new StreamOptions();
  options.includeUsage = includeUsage;
  options.createdSeconds = 1700000000;
  options.model = Slice.of("some-model");
  decoder = dialectOf(source).streamDecoder(dialectOf(target).streamEncoder(options));
}

/** Takes a chunk and gives what goes to the client now. */
export function push(chunk: ArrayBuffer): ArrayBuffer {
  const reader = decoder;
  if (!reader) return new ArrayBuffer(0);
  splitter.push(Slice.wrap(chunk));
  for (let event = splitter.next(); event; event = splitter.next()) {
    if (event.hasData || event.isComment) reader.take(event.event, event.data);
  }
  return options.output.take().toBuffer();
}

/** The end of the provider's stream. */
export function finish(): ArrayBuffer {
  const reader = decoder;
  if (reader) reader.end();
  return options.output.take().toBuffer();
}

/** Scans and translates a request so many times; returns how many bytes came out. For measuring. */
export function requestTimes(source: ArrayBuffer, target: ArrayBuffer, body: ArrayBuffer, times: i32): i32 {
  const tape = new JsonTape();
  const from = dialectOf(source);
  const to = dialectOf(target);
  let size = 0;
  for (let i = 0; i < times; ++i) {
    const writer = new Writer(body.byteLength * 2);
    const value = new ChatRequest();
    if (tape.scan(Slice.wrap(body)) || from.decodeRequest(tape, value)) return 0;
    to.encodeRequest(value, new EncodeOptions(), writer);
    size += writer.length;
  }
  return size;
}

/** Scans a body so many times. For measuring. */
export function scanTimes(body: ArrayBuffer, times: i32): i32 {
  const tape = new JsonTape();
  for (let i = 0; i < times; ++i) if (tape.scan(Slice.wrap(body))) return 0;
  return tape.length;
}
