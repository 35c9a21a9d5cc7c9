// Harness: translation between any two dialects as plain functions over buffers.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { collectIfDue } from "@weir/sdk/assembly/collector";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { AnswerCollector } from "../../hub/assembly/answer-collector";
import { ChatError } from "../../hub/assembly/chat-error";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ChatResponse } from "../../hub/assembly/chat-response";
import { ClientDialect } from "../../hub/assembly/client-dialect";
import { FrameReader } from "../../hub/assembly/frames";
import { DecodeOptions, EncodeOptions } from "../../hub/assembly/options";
import { ProviderDialect } from "../../hub/assembly/provider-dialect";
import { StreamDecoder, StreamOptions } from "../../hub/assembly/stream";
import { clients, findClient, findProvider, providers } from "../../registry/assembly/registry";

// For measuring: what the plugin's dispatcher does behind each callback.
export { collectIfDue };

const ID_SEED = Slice.of("0123456789abcdef");

let dropped: Slice = Slice.empty();
let echo: Slice = Slice.empty();
let asked: Slice = Slice.empty();
let status: i32 = 0;
let model: Slice = Slice.empty();
let omitsCallIds: bool = false;

/** The names of the dialects that clients speak, a line each. */
export function clientNames(): ArrayBuffer {
  const writer = new Writer();
  for (let i = 0; i < clients.length; ++i) writer.bytes(clients[i].name).byte(0x0a);
  return writer.take().toBuffer();
}

/** The names of the dialects that providers speak, a line each. */
export function providerNames(): ArrayBuffer {
  const writer = new Writer();
  for (let i = 0; i < providers.length; ++i) writer.bytes(providers[i].name).byte(0x0a);
  return writer.take().toBuffer();
}

function clientOf(name: ArrayBuffer): ClientDialect {
  const found = findClient(Slice.wrap(name));
  return found ? found : clients[0];
}

function providerOf(name: ArrayBuffer): ProviderDialect {
  const found = findProvider(Slice.wrap(name));
  return found ? found : providers[0];
}

function decodeOptions(): DecodeOptions {
  const value = new DecodeOptions();
  value.idSeed = ID_SEED;
  value.model = model;
  return value;
}

/** The provider's model, of which the next answers are. */
export function setModel(name: ArrayBuffer): void {
  model = Slice.wrap(name);
}

/** What the last translation dropped. */
export function lastDropped(): ArrayBuffer {
  return dropped.toBuffer();
}

/** What the last request's dialect repeats of it in an answer. */
export function lastEcho(): ArrayBuffer {
  return asked.toBuffer();
}

/** From now on answers repeat this. */
export function setEcho(value: ArrayBuffer): void {
  echo = Slice.wrap(value);
}

/** The status of the last error. */
export function lastStatus(): i32 {
  return status;
}

/** Whether requests go without ids of calls. */
export function setOmitsCallIds(value: bool): void {
  omitsCallIds = value;
}

/** A request for the provider, or the error for the client where `lastStatus` is not 0. `keeps` keeps extensions. */
export function request(source: ArrayBuffer, target: ArrayBuffer, body: ArrayBuffer, keeps: bool): ArrayBuffer {
  const tape = new JsonTape();
  const writer = new Writer();
  const value = new ChatRequest();
  const scanFault = tape.scan(Slice.wrap(body));
  let fault = scanFault ? scanFault : clientOf(source).decodeRequest(tape, value);
  if (!fault) fault = providerOf(target).checkRequest(value);
  status = 0;
  dropped = Slice.empty();
  if (fault) {
    const error = clientOf(source).requestError(fault);
    status = clientOf(source).errorStatus(error);
    clientOf(source).encodeError(error, writer);
    return writer.take().toBuffer();
  }
  const options = new EncodeOptions();
  options.keepsThinking = keeps;
  options.keepsCacheMarks = keeps;
  options.omitsCallIds = omitsCallIds;
  providerOf(target).encodeRequest(value, options, writer);
  asked = value.rawEcho;
  dropped = value.dropped.toHeader();
  return writer.take().toBuffer();
}

/** The path of the provider's endpoint for a request. */
export function endpointPath(source: ArrayBuffer, target: ArrayBuffer, body: ArrayBuffer): ArrayBuffer {
  const tape = new JsonTape();
  const value = new ChatRequest();
  if (tape.scan(Slice.wrap(body)) || clientOf(source).decodeRequest(tape, value)) return new ArrayBuffer(0);
  return providerOf(target).endpoint(value).path.toBuffer();
}

/** Whether the provider answers the request with a stream only. */
export function isStreamOnly(source: ArrayBuffer, target: ArrayBuffer, body: ArrayBuffer): bool {
  const tape = new JsonTape();
  const value = new ChatRequest();
  if (tape.scan(Slice.wrap(body)) || clientOf(source).decodeRequest(tape, value)) return false;
  return providerOf(target).isStreamOnly(value);
}

/** The header that asks a provider for a stream, `name: value`; empty for none. */
export function streamHeader(target: ArrayBuffer): ArrayBuffer {
  const header = providerOf(target).streamHeader();
  if (!header) return new ArrayBuffer(0);
  return new Writer().bytes(header.name).text(": ").bytes(header.value).take().toBuffer();
}

/** An answer for the client; empty where the provider's is none. */
export function response(source: ArrayBuffer, target: ArrayBuffer, body: ArrayBuffer): ArrayBuffer {
  const tape = new JsonTape();
  const writer = new Writer();
  const value = new ChatResponse();
  if (tape.scan(Slice.wrap(body)) || providerOf(source).decodeResponse(tape, value, decodeOptions()))
    return new ArrayBuffer(0);
  value.idSeed = ID_SEED;
  value.rawEcho = echo;
  clientOf(target).encodeResponse(value, writer);
  dropped = value.dropped.toHeader();
  return writer.take().toBuffer();
}

/** An error for the client. */
export function error(source: ArrayBuffer, target: ArrayBuffer, body: ArrayBuffer, code: i32): ArrayBuffer {
  const tape = new JsonTape();
  const writer = new Writer();
  const value = new ChatError();
  tape.scan(Slice.wrap(body));
  providerOf(source).decodeError(tape, code, value);
  status = clientOf(target).errorStatus(value);
  clientOf(target).encodeError(value, writer);
  return writer.take().toBuffer();
}

let options = new StreamOptions();
let frames: FrameReader | null = null;
let decoder: StreamDecoder | null = null;

/** Begins a stream, for a client that wants a list in place of events where `isArray`. */
export function open(source: ArrayBuffer, target: ArrayBuffer, includeUsage: bool, isArray: bool): void {
  options = new StreamOptions();
  options.isArray = isArray;
  options.includeUsage = includeUsage;
  options.createdSeconds = 1700000000;
  options.model = Slice.of("some-model");
  options.idSeed = ID_SEED;
  options.rawEcho = echo;
  frames = providerOf(source).frames();
  decoder = providerOf(source).streamDecoder(clientOf(target).streamEncoder(options), decodeOptions());
}

/** Takes a chunk and gives what goes to the client now. */
export function push(chunk: ArrayBuffer): ArrayBuffer {
  const cutter = frames;
  const reader = decoder;
  if (!cutter || !reader) return new ArrayBuffer(0);
  cutter.push(Slice.wrap(chunk));
  while (cutter.next()) reader.take(cutter.name, cutter.data);
  return options.output.take().toBuffer();
}

/** The end of the provider's stream. */
export function finish(): ArrayBuffer {
  const cutter = frames;
  const reader = decoder;
  if (!cutter || !reader) return new ArrayBuffer(0);
  if (cutter.finish()) reader.take(cutter.name, cutter.data);
  reader.end();
  dropped = options.dropped.toHeader();
  return options.output.take().toBuffer();
}

/** The whole answer for the client that a stream, given at once, amounts to; empty where it fails. */
export function collect(source: ArrayBuffer, target: ArrayBuffer, stream: ArrayBuffer): ArrayBuffer {
  const value = new ChatResponse();
  const collector = new AnswerCollector(value);
  const cutter = providerOf(source).frames();
  const reader = providerOf(source).streamDecoder(collector, decodeOptions());
  cutter.push(Slice.wrap(stream));
  while (cutter.next()) reader.take(cutter.name, cutter.data);
  if (cutter.finish()) reader.take(cutter.name, cutter.data);
  reader.end();
  if (collector.failure) return new ArrayBuffer(0);
  value.idSeed = ID_SEED;
  const writer = new Writer();
  clientOf(target).encodeResponse(value, writer);
  dropped = value.dropped.toHeader();
  return writer.take().toBuffer();
}

let measuredClient: ClientDialect = clients[0];
let measuredProvider: ProviderDialect = providers[0];
let measuredBody: Slice = Slice.empty();
const measuredTape = new JsonTape();

/** What `scanOnce` and `translateOnce` work on. */
export function measure(source: ArrayBuffer, target: ArrayBuffer, body: ArrayBuffer): void {
  measuredClient = clientOf(source);
  measuredProvider = providerOf(target);
  measuredBody = Slice.wrap(body);
}

/** Scans the body; returns how many values it has, 0 for a fault. */
export function scanOnce(): i32 {
  return measuredTape.scan(measuredBody) ? 0 : measuredTape.length;
}

/** Scans and translates the body as the plugin does; returns how many bytes come out, 0 for a fault. */
export function translateOnce(): i32 {
  const tape = new JsonTape();
  const value = new ChatRequest();
  if (tape.scan(measuredBody) || measuredClient.decodeRequest(tape, value)) return 0;
  if (measuredProvider.checkRequest(value)) return 0;
  const size = measuredBody.length;
  const writer = new Writer(size + (size >> 4) + 256);
  measuredProvider.encodeRequest(value, new EncodeOptions(), writer);
  return writer.take().length;
}
