// Texts in other forms: JSON, base64, URLs, HTML, hashes.
import { decodeBase64, encodeBase64, encodeHex, JsonWriter, sha256, Slice, Writer } from "@weir/sdk/assembly";
import { FunctionEntry } from "../function-entry";
import { Run } from "../run";
import { Value } from "../value";
import { textOf, writeJson } from "./arguments";

const UPPER_HEX = Slice.of("0123456789ABCDEF");

/** The functions of this file. */
export function encodingFunctions(): FunctionEntry[] {
  return [
    new FunctionEntry("toJson", toJson, 1),
    new FunctionEntry("mustToJson", toJson, 1),
    new FunctionEntry("toRawJson", toRawJson, 1),
    new FunctionEntry("fromJson", fromJson, 1),
    new FunctionEntry("mustFromJson", mustFromJson, 1),
    new FunctionEntry("b64enc", b64enc, 1),
    new FunctionEntry("b64dec", b64dec, 1),
    new FunctionEntry("sha256sum", sha256sum, 1),
    new FunctionEntry("urlquery", urlquery, 1).unpiped(),
    new FunctionEntry("html", html, 1).builtIn(),
    new FunctionEntry("js", js, 1).builtIn(),
  ];
}

function toRawJson(run: Run, values: Value[]): Value {
  const json = new JsonWriter(new Writer());
  writeJson(json, values[0]);
  return Value.ofText(json.output.take());
}

/** As Go writes it, so that it can stand in a web page: < > & only occur inside strings, where an escape may be. */
function toJson(run: Run, values: Value[]): Value {
  const raw = toRawJson(run, values).text;
  const output = new Writer(raw.length);
  for (let i = 0; i < raw.length; ++i) {
    const byte = raw.at(i);
    if (byte == 0x3c) output.text("\\u003c");
    else if (byte == 0x3e) output.text("\\u003e");
    else if (byte == 0x26) output.text("\\u0026");
    else output.byte(byte);
  }
  return Value.ofText(output.take());
}

/** What is no JSON is nothing. */
function fromJson(run: Run, values: Value[]): Value {
  return Value.ofJson(textOf(values[0]));
}

function mustFromJson(run: Run, values: Value[]): Value {
  const value = fromJson(run, values);
  return value.isMissing ? run.fail("mustFromJson: the text is no JSON") : value;
}

function b64enc(run: Run, values: Value[]): Value {
  return Value.ofText(encodeBase64(textOf(values[0])));
}

function b64dec(run: Run, values: Value[]): Value {
  const bytes = decodeBase64(textOf(values[0]));
  return bytes ? Value.ofText(bytes) : run.fail("b64dec: the text is not base64");
}

function sha256sum(run: Run, values: Value[]): Value {
  return Value.ofText(encodeHex(sha256(textOf(values[0]))));
}

function urlquery(run: Run, values: Value[]): Value {
  const output = new Writer();
  writeFormEncoded(output, textOf(values[0]));
  return Value.ofText(output.take());
}

/** A name or a value of application/x-www-form-urlencoded: https://url.spec.whatwg.org/#urlencoded-serializing */
export function writeFormEncoded(output: Writer, text: Slice): void {
  for (let i = 0; i < text.length; ++i) {
    const byte = text.at(i);
    if (byte == 0x20) output.byte(0x2b);
    else if (isUnreserved(byte)) output.byte(byte);
    else
      output
        .byte(0x25)
        .byte(UPPER_HEX.at(byte >> 4))
        .byte(UPPER_HEX.at(byte & 15));
  }
}

function isUnreserved(byte: u8): bool {
  if (<u32>((byte | 0x20) - 0x61) < 26 || <u32>byte - 0x30 < 10) return true;
  return byte == 0x2d || byte == 0x2e || byte == 0x5f || byte == 0x7e;
}

function html(run: Run, values: Value[]): Value {
  const text = textOf(values[0]);
  const output = new Writer(text.length);
  for (let i = 0; i < text.length; ++i) {
    const escape = htmlEscape(text.at(i));
    if (escape.length) output.text(escape);
    else output.byte(text.at(i));
  }
  return Value.ofText(output.take());
}

function htmlEscape(byte: u8): string {
  switch (byte) {
    case 0x00:
      return "\uFFFD";
    case 0x22:
      return "&#34;";
    case 0x27:
      return "&#39;";
    case 0x26:
      return "&amp;";
    case 0x3c:
      return "&lt;";
    case 0x3e:
      return "&gt;";
    default:
      return "";
  }
}

function js(run: Run, values: Value[]): Value {
  const text = textOf(values[0]);
  const output = new Writer(text.length);
  for (let i = 0; i < text.length; ++i) writeJs(output, text.at(i));
  return Value.ofText(output.take());
}

function writeJs(output: Writer, byte: u8): void {
  const isMarkup = byte == 0x3c || byte == 0x3e || byte == 0x26 || byte == 0x3d;
  if (byte == 0x22 || byte == 0x27 || byte == 0x5c) output.byte(0x5c).byte(byte);
  else if (byte < 0x20 || isMarkup) {
    output
      .text("\\u00")
      .byte(UPPER_HEX.at(byte >> 4))
      .byte(UPPER_HEX.at(byte & 15));
  } else output.byte(byte);
}
