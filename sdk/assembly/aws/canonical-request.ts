// A request in the one form that both sides of an AWS signature hash: path and query encoded anew, headers in lower
// case and sorted. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { lowerByte } from "../bytes/memory";
import { decodePercent, encodePercent } from "../bytes/percent";
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";

const SLASH: u8 = 0x2f;
const DOT = Slice.of(".");
const DOTS = Slice.of("..");

/** Two slices that are sorted together: a header, or a parameter of a query. */
@final
class Pair {
  constructor(
    readonly name: Slice,
    readonly value: Slice,
  ) {}
}

/** The parts of a request that are signed. */
@final
export class SignedRequest {
  private headers: Pair[] = [];

  constructor(
    readonly method: Slice,
    /** As it goes over the wire: percent-encoded, without the query. */
    readonly path: Slice,
    /** As it goes over the wire, without the question mark. */
    readonly query: Slice,
    /** SHA-256 of the body in lower-case hex, or `UNSIGNED-PAYLOAD` where the service allows it. */
    readonly payloadHash: Slice,
  ) {}

  /** Adds a header to be signed: `host` has to be among them, pseudo-headers have no place. */
  header(name: Slice, value: Slice): SignedRequest {
    insert(this.headers, new Pair(lowered(name), collapsed(value)));
    return this;
  }

  /** Writes the names of the headers: `host;x-amz-date`. */
  writeHeaderNames(writer: Writer): void {
    for (let i = 0; i < this.headers.length; ++i) {
      if (i && this.headers[i].name.equals(this.headers[i - 1].name)) continue;
      if (i) writer.byte(0x3b);
      writer.bytes(this.headers[i].name);
    }
  }

  /** Writes the request in its canonical form. S3 takes the path as it stands; all other services encode it again. */
  write(writer: Writer, keepsPath: bool): void {
    writer.bytes(this.method).byte(0x0a);
    if (keepsPath) writer.bytes(this.path);
    else writePath(writer, this.path);
    writeQuery(writer.byte(0x0a), this.query);
    this.writeHeaders(writer.byte(0x0a));
    this.writeHeaderNames(writer.byte(0x0a));
    writer.byte(0x0a).bytes(this.payloadHash);
  }

  /** A line each; values of one name are joined by commas. */
  private writeHeaders(writer: Writer): void {
    for (let i = 0; i < this.headers.length; ++i) {
      const header = this.headers[i];
      const isMore = i > 0 && header.name.equals(this.headers[i - 1].name);
      if (isMore) writer.byte(0x2c);
      else {
        if (i) writer.byte(0x0a);
        writer.bytes(header.name).byte(0x3a);
      }
      writer.bytes(header.value);
    }
    if (this.headers.length) writer.byte(0x0a);
  }
}

/** Puts `pair` in its place by name and, among those with the same name, behind what came before it. */
function insert(pairs: Pair[], pair: Pair): void {
  let i = pairs.length;
  pairs.push(pair);
  for (; i > 0 && compare(pairs[i - 1].name, pair.name) > 0; --i) pairs[i] = pairs[i - 1];
  pairs[i] = pair;
}

/** Bytes in order; a prefix comes first. */
function compare(a: Slice, b: Slice): i32 {
  const size = min(a.length, b.length);
  for (let i = 0; i < size; ++i) {
    const difference = <i32>a.at(i) - <i32>b.at(i);
    if (difference) return difference;
  }
  return a.length - b.length;
}

function lowered(name: Slice): Slice {
  const writer = new Writer(name.length);
  for (let i = 0; i < name.length; ++i) writer.byte(lowerByte(name.at(i)));
  return writer.take();
}

/** Without white space at both ends, and each run of it inside as one space. */
function collapsed(value: Slice): Slice {
  const writer = new Writer(value.length);
  let isPending = false;
  for (let i = 0; i < value.length; ++i) {
    const byte = value.at(i);
    if (isSpace(byte)) {
      isPending = writer.length > 0;
      continue;
    }
    if (isPending) writer.byte(0x20);
    isPending = false;
    writer.byte(byte);
  }
  return writer.take();
}

function isSpace(byte: u8): bool {
  return byte == 0x20 || <u32>byte - 0x09 < 5;
}

/**
 * The path without empty segments and dots, each segment encoded once more: on the wire `:` in a model's name is
 * `%3A`, here `%253A`.
 */
function writePath(writer: Writer, path: Slice): void {
  const segments = segmentsOf(path);
  if (path.at(0) == SLASH) writer.byte(SLASH);
  for (let i = 0; i < segments.length; ++i) {
    if (i) writer.byte(SLASH);
    writer.bytes(encodePercent(segments[i]));
  }
  if (segments.length && path.at(path.length - 1) == SLASH) writer.byte(SLASH);
}

/** RFC 3986 §5.2.4, and runs of slashes as one. */
function segmentsOf(path: Slice): Slice[] {
  const segments: Slice[] = [];
  for (let from = 0; from < path.length;) {
    const found = path.indexOf(SLASH, from);
    const end = found < 0 ? path.length : found;
    const segment = path.slice(from, end);
    from = end + 1;
    if (segment.equals(DOTS)) {
      if (segments.length) segments.pop();
    } else if (segment.length && !segment.equals(DOT)) segments.push(segment);
  }
  return segments;
}

/** Parameters sorted by name, then by value, both as they are encoded. One without `=` has an empty value. */
function writeQuery(writer: Writer, query: Slice): void {
  const parameters: Pair[] = [];
  for (let from = 0; from < query.length;) {
    const found = query.indexOf(0x26, from);
    const end = found < 0 ? query.length : found;
    if (end > from) insertParameter(parameters, query.slice(from, end));
    from = end + 1;
  }
  for (let i = 0; i < parameters.length; ++i) {
    if (i) writer.byte(0x26);
    writer.bytes(parameters[i].name).byte(0x3d).bytes(parameters[i].value);
  }
}

function insertParameter(parameters: Pair[], parameter: Slice): void {
  const equals = parameter.indexOf(0x3d);
  const name = encodedAnew(equals < 0 ? parameter : parameter.slice(0, equals));
  const value = encodedAnew(equals < 0 ? Slice.empty() : parameter.slice(equals + 1));
  let i = parameters.length;
  const added = new Pair(name, value);
  parameters.push(added);
  for (; i > 0 && isBehind(parameters[i - 1], added); --i) parameters[i] = parameters[i - 1];
  parameters[i] = added;
}

function isBehind(a: Pair, b: Pair): bool {
  const order = compare(a.name, b.name);
  return order > 0 || (!order && compare(a.value, b.value) > 0);
}

/** However the sender encoded it, the canonical form is one. */
function encodedAnew(text: Slice): Slice {
  return encodePercent(decodePercent(text));
}
