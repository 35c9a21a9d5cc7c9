// What is known of the contexts of a target's models: a prompt that cannot fit has no place at it.
import { JsonFields, Slice } from "@weir/sdk/assembly";
import { ContextWindows, Prompt, readContextWindows, tableAt } from "@weir/dialects/surfaces/assembly/context-window";
import { ModelMapping, readMapping } from "@weir/dialects/surfaces/assembly/model-mapping";
import { PlannedTarget } from "./planned-target";
import { Route } from "./route";

/** The contexts at one target. */
@final
export class TargetContext {
  readonly mapping: ModelMapping = new ModelMapping();

  constructor(
    private readonly windows: ContextWindows,
    private readonly holdsOutput: bool,
  ) {}

  /** Whether the target's model may hold the prompt: the provider's `own`, or what it calls the client's `model`. */
  holds(prompt: Prompt, own: Slice, model: Slice): bool {
    if (!prompt.mayPass(this.windows, this.holdsOutput)) return true;
    const name = own.length ? own : this.mapping.map(model);
    return prompt.windowPassed(this.windows, this.holdsOutput, name) < 0;
  }
}

/** Reads `contexts`, by cluster, into the targets of `routes`. Returns whether there are any. */
export function readContexts(fields: JsonFields, routes: Route[]): bool {
  const tape = fields.tape;
  const tables = readContextWindows(fields);
  const known = new Map<string, TargetContext>();
  const clusters = fields.object(tape.root, "contexts", "contexts");
  for (let node = tape.first(clusters); node >= 0; node = tape.next(node)) {
    const cluster = tape.keyText(node).toText();
    const path = "contexts." + cluster;
    const windows = tableAt(fields, node, tables, path + ".contextWindows");
    if (!windows) continue;
    const context = new TargetContext(windows, fields.flag(node, "holdsOutput", path + ".holdsOutput"));
    const mapping = fields.array(node, "modelMapping", path + ".modelMapping");
    readMapping(fields, mapping, context.mapping, path + ".modelMapping");
    known.set(cluster, context);
  }
  for (let i = 0; i < routes.length; ++i) {
    tell(routes[i].ranked, known);
    tell(routes[i].fallbacks, known);
  }
  return known.size > 0;
}

function tell(targets: PlannedTarget[], known: Map<string, TargetContext>): void {
  for (let i = 0; i < targets.length; ++i) {
    const cluster = targets[i].cluster.toText();
    if (known.has(cluster)) targets[i].context = known.get(cluster);
  }
}
