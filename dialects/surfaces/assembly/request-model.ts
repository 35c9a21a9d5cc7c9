// Where a request names its model: in a JSON body or in a multipart form.
import { Fault, FaultCode, headerParameter, isUtf8, JsonKind, JsonTape, Multipart, Slice } from "@weir/sdk/assembly";
import {
  malformedForm,
  malformedJson,
  missingModel,
  modelNotText,
  notAnObject,
  Refusal,
  repeatedModel,
} from "./refusal";
import { SurfacePath } from "./surface-path";

/** The name of the parameter. */
export const MODEL = Slice.of("model");
const BOUNDARY = Slice.of("boundary");

/** Reads `body` into `tape`, which has an object at its root if this gives null. */
export function scanRequest(tape: JsonTape, body: Slice): Refusal | null {
  const fault = tape.scan(body);
  if (fault) return malformedJson(fault.at, reason(fault));
  return tape.kind(tape.root) == JsonKind.Object ? null : notAnObject();
}

/**
 * Checks that a scanned request names one model; `tape.find(tape.root, MODEL)` is it. Below a surface none is needed,
 * nor where the path names one. A repeated name is refused: parsers differ in which of two they take, so the provider
 * might serve another model than the one looked at here.
 */
export function checkModel(tape: JsonTape, wanted: SurfacePath): Refusal | null {
  if (wanted.model.length) return null;
  let found = -1;
  for (let member = tape.first(tape.root); member >= 0; member = tape.next(member)) {
    if (!tape.keyEquals(member, MODEL)) continue;
    if (found >= 0) return repeatedModel();
    found = member;
  }
  if (found < 0 && wanted.rest.length) return null;
  if (found < 0 || tape.kind(found) == JsonKind.Null) return missingModel();
  if (tape.kind(found) != JsonKind.String) return modelNotText();
  return tape.text(found).length ? null : missingModel();
}

/** Reads `body` into `form`, which names one model if this gives null. */
export function scanForm(form: Multipart, body: Slice, contentType: Slice): Refusal | null {
  const boundary = headerParameter(contentType, BOUNDARY);
  return !boundary || form.read(body, boundary) ? malformedForm() : checkFormModel(form);
}

function checkFormModel(form: Multipart): Refusal | null {
  let count = 0;
  for (let i = 0; i < form.length; ++i) {
    const part = form.part(i);
    const name = part ? part.name : null;
    if (name && name.equals(MODEL)) ++count;
  }
  if (count > 1) return repeatedModel();
  const field = form.field(MODEL);
  if (!field || !field.value.length) return missingModel();
  return isUtf8(field.value) ? null : modelNotText();
}

function reason(fault: Fault): string {
  switch (fault.code) {
    case FaultCode.UnexpectedEnd:
      return "it ends too early";
    case FaultCode.InvalidUtf8:
      return "invalid UTF-8";
    case FaultCode.InvalidEscape:
      return "invalid escape";
    case FaultCode.InvalidNumber:
      return "invalid number";
    case FaultCode.TooDeep:
      return "nested too deep";
    case FaultCode.TooLarge:
      return "too many values";
    case FaultCode.TrailingBytes:
      return "something follows the value";
    default:
      return "unexpected character";
  }
}
