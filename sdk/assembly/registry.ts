// Which class of root context stands for which root id.
import { Slice } from "./bytes/slice";
import { getProperty, propertyPath } from "./property";
import { RootContext } from "./root-context";

// Makers, and at the same places their root ids. There are few, so both are simply looked through.
const makers: ((id: u32) => RootContext)[] = [];
const rootIds: Slice[] = [];

const rootIdPath = propertyPath("plugin_root_id");

/**
 * Names the function that makes the root context. Call it once at module level:
 * `registerRoot((id) => new MyRoot(id));`
 *
 * A module with several plugins in it registers each with its `rootId`, the `root_id` of the plugin's configuration;
 * one registered without serves all other root ids. The last of one root id counts.
 */
export function registerRoot(create: (id: u32) => RootContext, rootId: string = ""): void {
  makers.push(create);
  rootIds.push(Slice.of(rootId));
}

/** Makes the root context `id`, or gives null if nothing was registered for its root id. */
export function createRoot(id: u32): RootContext | null {
  let place = placeOf(rootId());
  if (place < 0) place = placeOf(Slice.empty());
  return place < 0 ? null : makers[place](id);
}

/** The effective plugin's root id; not asked for where it makes no difference. */
function rootId(): Slice {
  const makesNoDifference = makers.length == 1 && rootIds[0].length == 0;
  const value: Slice | null = makesNoDifference ? Slice.empty() : getProperty(rootIdPath);
  return value ? value : Slice.empty();
}

function placeOf(rootId: Slice): i32 {
  let place = rootIds.length - 1;
  while (place >= 0 && !rootIds[place].equals(rootId)) place--;
  return place;
}
