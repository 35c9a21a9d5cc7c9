// Texts: their case, their ends, their parts.
import { Slice, Writer } from "@weir/sdk/assembly";
import { ANY, FunctionEntry } from "../function-entry";
import { isSpace } from "../lexer";
import { Run } from "../run";
import { Value } from "../value";
import { flag, integerOf, ListWriter, textOf } from "./arguments";

const TEXT_BYTES_MAX: i64 = 1024 * 1024;
const NEW_LINE: u8 = 0x0a;
const SPACE: u8 = 0x20;

/** The functions of this file. */
export function textFunctions(): FunctionEntry[] {
  return [
    new FunctionEntry("upper", upper, 1),
    new FunctionEntry("lower", lower, 1),
    new FunctionEntry("title", title, 1),
    new FunctionEntry("trim", trim, 1),
    new FunctionEntry("trimAll", trimAll, 2),
    new FunctionEntry("trimall", trimAll, 2),
    new FunctionEntry("trimPrefix", trimPrefix, 2),
    new FunctionEntry("trimSuffix", trimSuffix, 2),
    new FunctionEntry("trunc", truncate, 2),
    new FunctionEntry("substr", substr, 3),
    new FunctionEntry("repeat", repeat, 2),
    new FunctionEntry("replace", replace, 3),
    new FunctionEntry("contains", contains, 2),
    new FunctionEntry("hasPrefix", hasPrefix, 2),
    new FunctionEntry("hasSuffix", hasSuffix, 2),
    new FunctionEntry("nospace", nospace, 1),
    new FunctionEntry("quote", quote, 0, ANY),
    new FunctionEntry("squote", squote, 0, ANY),
    new FunctionEntry("cat", cat, 0, ANY),
    new FunctionEntry("indent", indent, 2),
    new FunctionEntry("nindent", nindent, 2),
    new FunctionEntry("splitList", splitList, 2),
    new FunctionEntry("join", join, 2),
  ];
}

function upper(run: Run, values: Value[]): Value {
  return Value.ofText(Slice.of(textOf(values[0]).toText().toUpperCase()));
}

function lower(run: Run, values: Value[]): Value {
  return Value.ofText(Slice.of(textOf(values[0]).toText().toLowerCase()));
}

/** Each word's first letter in upper case. */
function title(run: Run, values: Value[]): Value {
  const words = textOf(values[0]).toText().split(" ");
  for (let i = 0; i < words.length; ++i) {
    const word = words[i];
    if (word.length) words[i] = word.charAt(0).toUpperCase() + word.slice(1);
  }
  return Value.ofText(Slice.of(words.join(" ")));
}

function trim(run: Run, values: Value[]): Value {
  const text = textOf(values[0]);
  let from = 0;
  let end = text.length;
  while (from < end && isSpace(text.at(from))) ++from;
  while (end > from && isSpace(text.at(end - 1))) --end;
  return Value.ofText(text.slice(from, end));
}

function trimAll(run: Run, values: Value[]): Value {
  const cut = textOf(values[0]);
  const text = textOf(values[1]);
  let from = 0;
  let end = text.length;
  while (from < end && cut.indexOf(text.at(from)) >= 0) ++from;
  while (end > from && cut.indexOf(text.at(end - 1)) >= 0) --end;
  return Value.ofText(text.slice(from, end));
}

function trimPrefix(run: Run, values: Value[]): Value {
  const prefix = textOf(values[0]);
  const text = textOf(values[1]);
  return Value.ofText(text.startsWith(prefix) ? text.slice(prefix.length) : text);
}

function trimSuffix(run: Run, values: Value[]): Value {
  const suffix = textOf(values[0]);
  const text = textOf(values[1]);
  return Value.ofText(text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text);
}

/** The first so many bytes, or, of a negative number, the last; never a part of a character. */
function truncate(run: Run, values: Value[]): Value {
  const text = textOf(values[1]);
  const wanted = integerOf(values[0]);
  if (wanted >= 0) return Value.ofText(text.slice(0, charactersEnd(text, wanted)));
  const from = wanted + <i64>text.length;
  return Value.ofText(from > 0 ? text.slice(charactersEnd(text, from)) : text);
}

/** The end of the last whole character that begins before `at`. */
export function charactersEnd(text: Slice, at: i64): i32 {
  if (at >= <i64>text.length) return text.length;
  let end = max(<i32>at, 0);
  while (end > 0 && (text.at(end) & 0xc0) == 0x80) --end;
  return end;
}

function substr(run: Run, values: Value[]): Value {
  const text = textOf(values[2]);
  const from = max(integerOf(values[0]), 0);
  const to = integerOf(values[1]);
  const end = to < from ? <i64>text.length : to;
  return Value.ofText(text.slice(charactersEnd(text, from), charactersEnd(text, end)));
}

function repeat(run: Run, values: Value[]): Value {
  const count = integerOf(values[0]);
  const text = textOf(values[1]);
  if (count > TEXT_BYTES_MAX || count * <i64>text.length > TEXT_BYTES_MAX) return run.fail("repeat: too long");
  const output = new Writer();
  for (let i: i64 = 0; i < count; ++i) output.bytes(text);
  return Value.ofText(output.take());
}

function replace(run: Run, values: Value[]): Value {
  const text = textOf(values[2]);
  const old = textOf(values[0]);
  if (!old.length) return Value.ofText(text);
  const output = new Writer(text.length);
  let from = 0;
  for (let at = text.find(old); at >= 0; at = text.find(old, from)) {
    output.bytes(text.slice(from, at)).bytes(textOf(values[1]));
    from = at + old.length;
    if (<i64>output.length > TEXT_BYTES_MAX) return run.fail("replace: too long");
  }
  return Value.ofText(output.bytes(text.slice(from)).take());
}

function contains(run: Run, values: Value[]): Value {
  return flag(textOf(values[1]).find(textOf(values[0])) >= 0);
}

function hasPrefix(run: Run, values: Value[]): Value {
  return flag(textOf(values[1]).startsWith(textOf(values[0])));
}

function hasSuffix(run: Run, values: Value[]): Value {
  return flag(textOf(values[1]).endsWith(textOf(values[0])));
}

function nospace(run: Run, values: Value[]): Value {
  const text = textOf(values[0]);
  const output = new Writer(text.length);
  for (let i = 0; i < text.length; ++i) if (!isSpace(text.at(i))) output.byte(text.at(i));
  return Value.ofText(output.take());
}

function quote(run: Run, values: Value[]): Value {
  const output = new Writer();
  for (let i = 0; i < values.length; ++i) {
    if (values[i].isMissing) continue;
    if (output.length) output.byte(SPACE);
    writeQuoted(output, textOf(values[i]));
  }
  return Value.ofText(output.take());
}

/** As Go's %q: everything but printable characters is escaped. */
export function writeQuoted(output: Writer, text: Slice): void {
  output.byte(0x22);
  for (let i = 0; i < text.length; ++i) {
    const byte = text.at(i);
    if (byte == 0x22 || byte == 0x5c) output.byte(0x5c).byte(byte);
    else if (byte == NEW_LINE) output.text("\\n");
    else if (byte == 0x09) output.text("\\t");
    else if (byte == 0x0d) output.text("\\r");
    else if (byte < 0x20 || byte == 0x7f) output.text("\\x" + byte.toString(16).padStart(2, "0"));
    else output.byte(byte);
  }
  output.byte(0x22);
}

function squote(run: Run, values: Value[]): Value {
  const output = new Writer();
  for (let i = 0; i < values.length; ++i) {
    if (values[i].isMissing) continue;
    if (output.length) output.byte(SPACE);
    output.byte(0x27).bytes(textOf(values[i])).byte(0x27);
  }
  return Value.ofText(output.take());
}

function cat(run: Run, values: Value[]): Value {
  const output = new Writer();
  for (let i = 0; i < values.length; ++i) {
    if (values[i].isMissing) continue;
    if (output.length) output.byte(SPACE);
    output.bytes(textOf(values[i]));
  }
  return Value.ofText(output.take());
}

function indent(run: Run, values: Value[]): Value {
  const width = <i32>min(max(integerOf(values[0]), 0), 1000);
  const text = textOf(values[1]);
  const output = new Writer(text.length + width);
  for (let i = 0; i < width; ++i) output.byte(SPACE);
  for (let at = 0; at < text.length; ++at) {
    output.byte(text.at(at));
    if (text.at(at) == NEW_LINE) for (let i = 0; i < width; ++i) output.byte(SPACE);
    if (<i64>output.length > TEXT_BYTES_MAX) return run.fail("indent: too long");
  }
  return Value.ofText(output.take());
}

function nindent(run: Run, values: Value[]): Value {
  return Value.ofText(
    new Writer()
      .byte(NEW_LINE)
      .bytes(textOf(indent(run, values)))
      .take(),
  );
}

function splitList(run: Run, values: Value[]): Value {
  const separator = textOf(values[0]);
  const text = textOf(values[1]);
  const list = new ListWriter();
  if (!separator.length) return list.add(Value.ofText(text)).take();
  let from = 0;
  for (let at = text.find(separator); at >= 0; at = text.find(separator, from)) {
    list.add(Value.ofText(text.slice(from, at)));
    from = at + separator.length;
  }
  return list.add(Value.ofText(text.slice(from))).take();
}

/** What is no list is a list of itself. */
function join(run: Run, values: Value[]): Value {
  const list = values[1];
  if (!list.isContainer) return Value.ofText(textOf(list));
  const output = new Writer();
  const separator = textOf(values[0]);
  for (let node = list.first(); node >= 0; node = list.next(node)) {
    if (node != list.first()) output.bytes(separator);
    output.bytes(textOf(list.element(node)));
  }
  return Value.ofText(output.take());
}
