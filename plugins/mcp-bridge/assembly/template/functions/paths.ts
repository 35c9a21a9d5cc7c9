// gjson: a path into all that the template was given.
import { Slice } from "@weir/sdk/assembly";
import { FunctionEntry } from "../function-entry";
import { queryPath } from "../../gjson/query";
import { Run } from "../run";
import { Value } from "../value";
import { textOf } from "./arguments";

const UNDERSCORE: u8 = 0x5f;

/** The functions of this file. */
export function pathFunctions(): FunctionEntry[] {
  return [new FunctionEntry("gjson", gjson, 1, 2).builtIn()];
}

/** In what the second argument holds, where there is one. */
function gjson(run: Run, values: Value[]): Value {
  const path = textOf(values[0]);
  if (values.length > 1) return valueAt(values[1], path);
  const found = valueAt(run.root, path);
  return found.isMissing && path.at(0) == UNDERSCORE ? valueAt(run.scope.beside, path) : found;
}

function valueAt(source: Value, path: Slice): Value {
  if (!source.isContainer) return Value.missing();
  return Value.ofJson(queryPath(source.source, source.sourceNode, path));
}
