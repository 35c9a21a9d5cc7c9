// All functions by their names.
import { FunctionEntry } from "../function-entry";
import { encodingFunctions } from "./encodings";
import { listFunctions } from "./lists";
import { logicFunctions } from "./logic";
import { numberFunctions } from "./numbers";
import { pathFunctions } from "./paths";
import { patternFunctions } from "./patterns";
import { printFunctions } from "./printing";
import { textFunctions } from "./texts";
import { timeFunctions } from "./times";

let table: Map<string, FunctionEntry> | null = null;

/** The table, made when it is first asked for. */
export function functions(): Map<string, FunctionEntry> {
  const known = table;
  if (known) return known;
  const made = new Map<string, FunctionEntry>();
  addTo(made, logicFunctions());
  addTo(made, numberFunctions());
  addTo(made, textFunctions());
  addTo(made, listFunctions());
  addTo(made, encodingFunctions());
  addTo(made, printFunctions());
  addTo(made, patternFunctions());
  addTo(made, timeFunctions());
  addTo(made, pathFunctions());
  table = made;
  return made;
}

function addTo(made: Map<string, FunctionEntry>, entries: FunctionEntry[]): void {
  for (let i = 0; i < entries.length; ++i) made.set(entries[i].name, entries[i]);
}
