// The plugin's configuration: JSON that the control plane has made. What is wrong is refused as a whole, so that
// nothing in it can be wrong later.
import { JsonFields, JsonKind, JsonTape, Regex, Slice } from "@weir/sdk/assembly";
import { Configuration } from "./configuration";
import { classNamed, CLASS_COUNT } from "./class";
import { OwnPattern, OWN_PATTERNS_MAX } from "./own-pattern";
import { Redactor } from "./redactor";

/** Reads `json` into `configuration`. Returns what is wrong, or nothing. */
export function readConfiguration(json: Slice, configuration: Configuration): string {
  const tape = new JsonTape();
  const fault = tape.scan(json);
  if (fault) return "the configuration is not valid JSON at byte " + fault.at.toString();
  if (tape.kind(tape.root) != JsonKind.Object) return "the configuration must be an object";
  const fields = new JsonFields(tape);
  configuration.promptBytesMax = fields.integer(tape.root, "promptBytesMax", 0, 0);
  configuration.answerBytesMax = fields.integer(tape.root, "answerBytesMax", 0, 0);
  readNames(fields, "routes", configuration.routes);
  readNames(fields, "consumers", configuration.consumers);
  readNames(fields, "exceptConsumers", configuration.exceptConsumers);
  configuration.redactor = new Redactor(readClasses(fields), readPatterns(fields));
  return fields.problem;
}

function readNames(fields: JsonFields, key: string, names: Slice[]): void {
  const tape = fields.tape;
  const list = fields.array(tape.root, key, key);
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) names.push(fields.textOf(node, key));
}

/** A bit for each. */
function readClasses(fields: JsonFields): u32 {
  const tape = fields.tape;
  const list = fields.array(tape.root, "redact", "redact");
  let classes: u32 = 0;
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    const found = classNamed(fields.textOf(node, "redact"));
    if (found < 0) fields.fail("redact", "a list of " + CLASS_COUNT.toString() + " known classes at most");
    else classes |= 1 << found;
  }
  return classes;
}

function readPatterns(fields: JsonFields): OwnPattern[] {
  const tape = fields.tape;
  const patterns: OwnPattern[] = [];
  const list = fields.array(tape.root, "redactAlso", "redactAlso");
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    const path = "redactAlso[" + patterns.length.toString() + "]";
    if (fields.objectOf(node, path) < 0) break;
    const name = fields.requiredText(node, "name", path + ".name");
    const literal = fields.text(node, "text", path + ".text");
    const written = fields.text(node, "pattern", path + ".pattern");
    const regex = written.length ? Regex.compile(written) : null;
    if (!regex && !literal.length) fields.fail(path, "a text or a pattern");
    patterns.push(new OwnPattern(name, literal, regex));
  }
  if (patterns.length > OWN_PATTERNS_MAX) fields.fail("redactAlso", "at most " + OWN_PATTERNS_MAX.toString());
  return patterns;
}
