// Names in a list: each once.
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import { isMapping } from "./written-names.ts";

/** The name of a list's item, null when it has none that can be used; of two items alike the first one keeps it. */
export function takeName(item: unknown, path: Path, taken: Set<string>, report: Report): string | null {
  const name = isMapping(item) ? item["name"] : null;
  if (typeof name !== "string" || name === "") return null;
  if (taken.has(name)) {
    report.error([...path, "name"], { message: "The name is already taken", fix: "Give each one a name of its own" });
    return null;
  }
  taken.add(name);
  return name;
}
