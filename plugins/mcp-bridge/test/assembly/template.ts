// Harness: templates and paths as plain functions over buffers.
import { JsonTape, Slice } from "@weir/sdk/assembly";
import { queryPath } from "../../assembly/gjson/query";
import { Ambient } from "../../assembly/template/ambient";
import { Scope } from "../../assembly/template/run";
import { Template } from "../../assembly/template/template";
import { Value } from "../../assembly/template/value";

@final
class FixedWorld extends Ambient {
  nowMs(): i64 {
    return 1_793_620_805_007;
  }

  randomBytes(): Slice {
    return Slice.of("0123456789abcdef");
  }

  clientAddress(): Slice {
    return Slice.of("192.0.2.7");
  }
}

function beside(): Value {
  return Value.ofJson(Slice.of('{"_status":404,"_headers":{":status":"404"}}'));
}

let problem: string = "";

/** What a template makes of `data`; null where it cannot be parsed or executed. */
export function render(text: ArrayBuffer, data: ArrayBuffer, isCompatible: i32): ArrayBuffer | null {
  const template = Template.parse(Slice.wrap(text), isCompatible != 0);
  if (template.mistake.length) {
    problem = "parse: " + template.mistake;
    return null;
  }
  const output = template.execute(new Scope(Value.ofJson(Slice.wrap(data)), new FixedWorld(), beside()));
  problem = template.problem;
  return output ? output.toBuffer() : null;
}

/** As `render`, of a URL. */
export function renderUrl(text: ArrayBuffer, data: ArrayBuffer): ArrayBuffer | null {
  const template = Template.parseUrl(Slice.wrap(text), false);
  const output = template.execute(new Scope(Value.ofJson(Slice.wrap(data)), new FixedWorld()));
  problem = template.problem;
  return output ? output.toBuffer() : null;
}

export function why(): ArrayBuffer {
  return Slice.of(problem).toBuffer();
}

export function query(json: ArrayBuffer, path: ArrayBuffer): ArrayBuffer {
  const tape = new JsonTape();
  if (tape.scan(Slice.wrap(json))) return new ArrayBuffer(0);
  return queryPath(tape, tape.root, Slice.wrap(path)).toBuffer();
}
