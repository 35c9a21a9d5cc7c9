// Which class of root context stands for which root id.
import { Slice } from "./bytes/slice";
import { getProperty, propertyPath } from "./property";
import { RootContext } from "./root-context";

const makers = new Map<string, (id: u32) => RootContext>();
const rootIdPath = propertyPath("plugin_root_id");

/**
 * Names the function that makes the root context. Call it once at module level:
 * `registerRoot((id) => new MyRoot(id));`
 *
 * A module with several plugins in it registers each with its `rootId`, the `root_id` of the plugin's configuration;
 * one registered without serves all other root ids.
 */
export function registerRoot(create: (id: u32) => RootContext, rootId: string = ""): void {
  makers.set(rootId, create);
}

/** Makes the root context `id`, or gives null if nothing was registered for its root id. */
export function createRoot(id: u32): RootContext | null {
  const rootId = makers.size == 1 && makers.has("") ? "" : textOf(getProperty(rootIdPath));
  const key = makers.has(rootId) ? rootId : "";
  return makers.has(key) ? makers.get(key)(id) : null;
}

function textOf(value: Slice | null): string {
  return value ? value.toText() : "";
}
