// gjson: a path into all that the template was given.
import { FunctionEntry } from "../function-entry";
import { queryPath } from "../../gjson/query";
import { Run } from "../run";
import { Value } from "../value";
import { textOf } from "./arguments";

/** The functions of this file. */
export function pathFunctions(): FunctionEntry[] {
  return [new FunctionEntry("gjson", gjson, 1, 2).builtIn()];
}

/** In what the second argument holds, where there is one. */
function gjson(run: Run, values: Value[]): Value {
  const source = values.length > 1 ? values[1] : run.root;
  if (!source.isContainer) return Value.missing();
  return Value.ofJson(queryPath(source.source, source.sourceNode, textOf(values[0])));
}
