// Reads a multipart/form-data body that is there as a whole (RFC 7578; RFC 2046 §5.1.1): where each part's headers and
// value lie, so that a plugin can splice one value and leave every other byte alone.
import { headerParameter } from "./media-type";
import { Fault, FaultCode } from "./fault";
import { Slice } from "./slice";
import { Writer } from "./writer";

/** How many parts a body may have. */
export const MULTIPART_PARTS_MAX: i32 = 1000;

const CRLF = Slice.of("\r\n");
const HEADERS_END = Slice.of("\r\n\r\n");
const CLOSE = Slice.of("--");
const DISPOSITION = Slice.of("content-disposition");
const NAME = Slice.of("name");
const FILE_NAME = Slice.of("filename");

/** One part of a multipart body. All slices are views of it. */
@final
export class MultipartPart {
  constructor(
    /** The lines of its headers, without the empty line behind them. */
    readonly headers: Slice,
    /** Its content. */
    readonly value: Slice,
    /** Where the content lies in the body. */
    readonly valueStart: i32,
  ) {}

  /** The value of its header `name` (in any case), or null. */
  header(name: Slice): Slice | null {
    const headers = this.headers;
    let from = 0;
    while (from < headers.length) {
      const found = headers.find(CRLF, from);
      const line = headers.slice(from, found < 0 ? headers.length : found);
      const colon = line.indexOf(0x3a);
      if (colon >= 0 && line.slice(0, colon).trim().equalsIgnoreCase(name)) return line.slice(colon + 1).trim();
      from += line.length + 2;
    }
    return null;
  }

  /** The field's name, from Content-Disposition; null where it has none. */
  get name(): Slice | null {
    return this.disposition(NAME);
  }

  /** The file's name; null for a part that is not a file. */
  get fileName(): Slice | null {
    return this.disposition(FILE_NAME);
  }

  private disposition(parameter: Slice): Slice | null {
    const value = this.header(DISPOSITION);
    return value ? headerParameter(value, parameter) : null;
  }
}

/** The parts of one multipart body. */
@final
export class Multipart {
  private body: Slice = Slice.empty();
  private delimiter: Slice = Slice.empty();
  private parts: Array<MultipartPart> = [];
  private at: i32 = 0;

  /** Reads `body`; `boundary` is the parameter of its Content-Type (1–70 bytes). On a fault there are no parts. */
  read(body: Slice, boundary: Slice): Fault | null {
    this.body = body;
    this.parts = [];
    this.at = 0;
    if (!boundary.length || boundary.length > 70) return new Fault(FaultCode.InvalidFormat, -1, "multipart boundary");
    this.delimiter = new Writer().bytes(CRLF).bytes(CLOSE).bytes(boundary).take();
    const fault = this.readParts();
    if (fault) this.parts = [];
    return fault;
  }

  /** How many parts there are. */
  get length(): i32 {
    return this.parts.length;
  }

  /** Part `index`, or null. */
  part(index: i32): MultipartPart | null {
    return <u32>index < <u32>this.parts.length ? this.parts[index] : null;
  }

  /** The first part with this field name that is not a file, or null. */
  field(name: Slice): MultipartPart | null {
    for (let i = 0; i < this.parts.length; ++i) {
      const part = this.parts[i];
      const own = part.name;
      if (own && own.equals(name) && !part.fileName) return part;
    }
    return null;
  }

  /** The body with the value of `part` replaced. */
  replaceValue(part: MultipartPart, value: Slice): Slice {
    const writer = new Writer(this.body.length + value.length);
    writer.bytes(this.body.slice(0, part.valueStart)).bytes(value);
    return writer.bytes(this.body.slice(part.valueStart + part.value.length)).take();
  }

  private readParts(): Fault | null {
    if (!this.skipPreamble()) return this.fault("no boundary");
    // Behind a delimiter: "--" ends the body, else blanks and a line end begin a part.
    while (!this.body.slice(this.at, this.at + 2).equals(CLOSE)) {
      if (this.parts.length == MULTIPART_PARTS_MAX) return new Fault(FaultCode.TooLarge, this.at, "multipart parts");
      const fault = this.readPart();
      if (fault) return fault;
    }
    return null;
  }

  /** The first delimiter may stand at the very start, without the line end that belongs to the others. */
  private skipPreamble(): bool {
    const first = this.delimiter.slice(2);
    if (this.body.startsWith(first)) {
      this.at = first.length;
      return true;
    }
    const found = this.body.find(this.delimiter);
    this.at = found + this.delimiter.length;
    return found >= 0;
  }

  private readPart(): Fault | null {
    const body = this.body;
    while (body.at(this.at) == 0x20 || body.at(this.at) == 0x09) ++this.at;
    if (!body.slice(this.at, this.at + 2).equals(CRLF)) return this.fault("no line end behind the boundary");
    // From the line end on, so that a part without headers has its empty line too.
    const headersEnd = body.find(HEADERS_END, this.at);
    const valueEnd = body.find(this.delimiter, this.at);
    if (valueEnd < 0) return this.fault("no closing boundary");
    if (headersEnd < 0 || valueEnd < headersEnd) return this.fault("no end of headers");
    // An empty value shares its line end with the headers: its end then lies before its start, and is clamped.
    const valueStart = headersEnd + 4;
    const headers = body.slice(this.at + 2, headersEnd);
    this.parts.push(new MultipartPart(headers, body.slice(valueStart, valueEnd), valueStart));
    this.at = valueEnd + this.delimiter.length;
    return null;
  }

  private fault(detail: string): Fault {
    return new Fault(FaultCode.InvalidFormat, this.at, `multipart: ${detail}`);
  }
}
