// What a caller may use, as filter state carries it from plugin to plugin: a text with one entry on each line. None at
// all leaves everything open.
import { Slice } from "@weir/sdk/assembly";

const LF: u8 = 0x0a;
const STAR: u8 = 0x2a;

/** The filter state with the patterns of the models that the caller may use. */
export const ALLOWED_MODELS = Slice.of("weir.models");
/** The filter state with the names of the routes that the caller may use. */
export const ALLOWED_ROUTES = Slice.of("weir.routes");

/** The line of `text` that begins at `from`; the next one begins one byte behind its end. */
export function lineAt(text: Slice, from: i32): Slice {
  const end = text.indexOf(LF, from);
  return end < 0 ? text.slice(from) : text.slice(from, end);
}

/** Whether one of the patterns (a name, a beginning with a star behind it, or `*`) fits `model`. */
export function allowsModel(patterns: Slice, model: Slice): bool {
  for (let from = 0; from < patterns.length;) {
    const pattern = lineAt(patterns, from);
    if (fitsPattern(pattern, model)) return true;
    from += pattern.length + 1;
  }
  return !patterns.length;
}

/** Whether `name` is one of the names. */
export function allowsName(names: Slice, name: Slice): bool {
  for (let from = 0; from < names.length;) {
    const line = lineAt(names, from);
    if (line.equals(name)) return true;
    from += line.length + 1;
  }
  return !names.length;
}

/** Whether at least one of `wanted` is one of the names. */
export function allowsAny(names: Slice, wanted: Slice): bool {
  for (let from = 0; from < wanted.length;) {
    const line = lineAt(wanted, from);
    if (allowsName(names, line)) return true;
    from += line.length + 1;
  }
  return !names.length;
}

/** Whether the pattern of a route or of a caller fits a model's name. */
export function fitsPattern(pattern: Slice, model: Slice): bool {
  const last = pattern.length - 1;
  if (pattern.at(last) != STAR) return pattern.equals(model);
  return model.startsWith(pattern.slice(0, last));
}
