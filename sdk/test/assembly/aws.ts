// Harness: AWS event streams and signatures as plain functions over buffers.
import { amzDate } from "../../assembly/aws/amz-date";
import { SignedRequest } from "../../assembly/aws/canonical-request";
import { EventHeader, EventMessage } from "../../assembly/aws/event-message";
import { EventStreamSplitter } from "../../assembly/aws/event-stream";
import { AwsCredentials, AwsSigner } from "../../assembly/aws/sigv4";
import { Slice } from "../../assembly/bytes/slice";
import { Writer } from "../../assembly/bytes/writer";
import { crc32 } from "../../assembly/crypto/crc32";

/** The CRC of both parts, one after the other. */
export function crc(first: ArrayBuffer, second: ArrayBuffer): i64 {
  return <i64>crc32(Slice.wrap(second), crc32(Slice.wrap(first)));
}

let splitter = new EventStreamSplitter();
let message: EventMessage | null = null;
let header: EventHeader | null = null;

export function open(messageBytesMax: i32): void {
  splitter = new EventStreamSplitter(messageBytesMax);
}

export function push(chunk: ArrayBuffer): void {
  splitter.push(Slice.wrap(chunk));
}

/** Goes to the next message: whether there is one. */
export function next(): bool {
  message = splitter.next();
  return message != null;
}

export function finish(): i32 {
  const fault = splitter.finish();
  return fault ? fault.code : 0;
}

export function faultCode(): i32 {
  const fault = splitter.fault;
  return fault ? fault.code : 0;
}

export function faultAt(): i32 {
  const fault = splitter.fault;
  return fault ? fault.at : -1;
}

export function pending(): i32 {
  return splitter.pending;
}

/** Whether the current message's bytes are a view of `chunk`. */
export function isViewOf(chunk: ArrayBuffer): bool {
  const current = message;
  return current != null && current.raw.buffer == chunk;
}

/** The current message's raw bytes (0) or its payload (1). */
export function field(which: i32): ArrayBuffer {
  const current = message;
  if (!current) return new ArrayBuffer(0);
  return (which ? current.payload : current.raw).toBuffer();
}

export function text(name: ArrayBuffer): ArrayBuffer {
  const current = message;
  return current ? current.text(Slice.wrap(name)).toBuffer() : new ArrayBuffer(0);
}

/** Goes to the header with this name: whether there is one. */
export function find(name: ArrayBuffer): bool {
  const current = message;
  header = current ? current.header(Slice.wrap(name)) : null;
  return header != null;
}

/** Goes to the next header, the first at first: whether there is one. */
export function nextHeader(isFirst: bool): bool {
  const current = message;
  const before = header;
  if (!current) return false;
  header = isFirst || !before ? current.firstHeader : current.headerAfter(before);
  return header != null;
}

export function headerType(): i32 {
  const current = header;
  return current ? current.type : -1;
}

export function headerInteger(): i64 {
  const current = header;
  return current ? current.integer : 0;
}

export function headerIsTrue(): bool {
  const current = header;
  return current != null && current.isTrue;
}

/** The current header's name (0), value (1) or text (2). */
export function headerBytes(which: i32): ArrayBuffer {
  const current = header;
  if (!current) return new ArrayBuffer(0);
  return (which == 0 ? current.name : which == 1 ? current.value : current.text).toBuffer();
}

/** Splits `stream` whole, so many times; returns how many payload bytes were seen. For measuring. */
export function splitTimes(stream: ArrayBuffer, times: i32): i32 {
  let size = 0;
  for (let i = 0; i < times; ++i) {
    const each = new EventStreamSplitter();
    each.push(Slice.wrap(stream));
    for (let found = each.next(); found; found = each.next()) size += found.payload.length;
  }
  return size;
}

export function date(nanos: u64): ArrayBuffer {
  return amzDate(nanos).toBuffer();
}

let signer = new AwsSigner(Slice.empty(), Slice.empty());
let request = new SignedRequest(Slice.empty(), Slice.empty(), Slice.empty(), Slice.empty());
let credentials = new AwsCredentials(Slice.empty(), Slice.empty());

export function openSigner(region: ArrayBuffer, service: ArrayBuffer): void {
  signer = new AwsSigner(Slice.wrap(region), Slice.wrap(service));
}

export function setCredentials(id: ArrayBuffer, secret: ArrayBuffer, token: ArrayBuffer): void {
  credentials = new AwsCredentials(Slice.wrap(id), Slice.wrap(secret), Slice.wrap(token));
}

export function openRequest(method: ArrayBuffer, path: ArrayBuffer, query: ArrayBuffer, hash: ArrayBuffer): void {
  request = new SignedRequest(Slice.wrap(method), Slice.wrap(path), Slice.wrap(query), Slice.wrap(hash));
}

export function addHeader(name: ArrayBuffer, value: ArrayBuffer): void {
  request.header(Slice.wrap(name), Slice.wrap(value));
}

/** Signs the request: authorization, date and session token, a line each. */
export function sign(nanos: u64): ArrayBuffer {
  const signature = signer.sign(request, credentials, nanos);
  const writer = new Writer().bytes(signature.authorization).byte(0x0a).bytes(signature.date);
  return writer.byte(0x0a).bytes(signature.sessionToken).take().toBuffer();
}

/** The canonical form of the request as it is now. */
export function canonical(keepsPath: bool): ArrayBuffer {
  const writer = new Writer();
  request.write(writer, keepsPath);
  return writer.take().toBuffer();
}

/** Signs the same kind of request so many times. For measuring. */
export function signTimes(path: ArrayBuffer, hash: ArrayBuffer, nanos: u64, times: i32): i32 {
  let size = 0;
  for (let i = 0; i < times; ++i) {
    const each = new SignedRequest(Slice.of("POST"), Slice.wrap(path), Slice.empty(), Slice.wrap(hash));
    each.header(Slice.of("host"), Slice.of("bedrock-runtime.us-east-1.amazonaws.com"));
    each.header(Slice.of("content-type"), Slice.of("application/json"));
    size += signer.sign(each, credentials, nanos).authorization.length;
  }
  return size;
}
