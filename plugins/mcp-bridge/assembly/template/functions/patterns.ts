// Regular expressions.
import { Regex, Slice, Writer } from "@weir/sdk/assembly";
import { FunctionEntry } from "../function-entry";
import { Run } from "../run";
import { Value } from "../value";
import { flag, integerOf, ListWriter, textOf } from "./arguments";

const MATCHES_MAX: i64 = 10_000;

/** The functions of this file. */
export function patternFunctions(): FunctionEntry[] {
  return [
    new FunctionEntry("regexMatch", regexMatch, 2),
    new FunctionEntry("regexFind", regexFind, 2),
    new FunctionEntry("regexFindAll", regexFindAll, 3),
    new FunctionEntry("regexReplaceAll", regexReplaceAll, 3),
  ];
}

function compiled(run: Run, pattern: Value): Regex | null {
  const regex = Regex.compile(textOf(pattern));
  if (!regex) run.fail("the regular expression cannot be read");
  return regex;
}

function regexMatch(run: Run, values: Value[]): Value {
  const regex = compiled(run, values[0]);
  return flag(regex != null && regex.match(textOf(values[1])) != null);
}

function regexFind(run: Run, values: Value[]): Value {
  const regex = compiled(run, values[0]);
  const match = regex ? regex.match(textOf(values[1])) : null;
  return Value.ofText(match ? match.group(0) : Slice.empty());
}

/** At most so many as the third argument says; all where it is negative. */
function regexFindAll(run: Run, values: Value[]): Value {
  const found = new ListWriter();
  const limit = integerOf(values[2]);
  const most = limit < 0 ? MATCHES_MAX : min(limit, MATCHES_MAX);
  const regex = compiled(run, values[0]);
  let rest = textOf(values[1]);
  if (!regex) return Value.missing();
  for (let count: i64 = 0; count < most; ++count) {
    const match = regex.match(rest);
    if (!match) break;
    found.add(Value.ofText(match.group(0)));
    const next = max(match.end(), match.start() + 1);
    if (next > rest.length) break;
    rest = rest.slice(next);
  }
  return found.take();
}

/** `${1}` in the replacement is the first group. */
function regexReplaceAll(run: Run, values: Value[]): Value {
  const regex = compiled(run, values[0]);
  let rest = textOf(values[1]);
  const replacement = textOf(values[2]);
  const output = new Writer(rest.length);
  if (!regex) return Value.missing();
  for (let count: i64 = 0; count < MATCHES_MAX; ++count) {
    const match = regex.match(rest);
    if (!match) break;
    output.bytes(rest.slice(0, match.start())).bytes(match.expand(replacement));
    // An empty match is followed by the character behind it.
    const next = match.end() > match.start() ? match.end() : match.end() + 1;
    output.bytes(rest.slice(match.end(), next));
    if (next > rest.length) return Value.ofText(output.take());
    rest = rest.slice(next);
  }
  return Value.ofText(output.bytes(rest).take());
}
