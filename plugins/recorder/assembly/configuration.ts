// The configuration of one plugin instance.
import { Slice } from "@weir/sdk/assembly";
import { fitsPattern } from "@weir/dialects/surfaces/assembly/allow-list";
import { Redactor } from "./redactor";

/** Read by read-configuration.ts. */
@final
export class Configuration {
  /** Bytes; 0: none is recorded. */
  promptBytesMax: i32 = 0;
  answerBytesMax: i32 = 0;
  /** Patterns: a name, or a beginning with a star behind it. None: all. */
  readonly routes: Slice[] = [];
  readonly consumers: Slice[] = [];
  readonly exceptConsumers: Slice[] = [];
  redactor: Redactor = new Redactor(0, []);

  /** Whether requests of `consumer` on `route` are recorded. */
  isFor(route: Slice, consumer: Slice): bool {
    if (this.routes.length && !fitsAny(this.routes, route)) return false;
    if (this.consumers.length && !fitsAny(this.consumers, consumer)) return false;
    return !fitsAny(this.exceptConsumers, consumer);
  }
}

function fitsAny(patterns: Slice[], name: Slice): bool {
  if (!name.length) return false;
  for (let i = 0; i < patterns.length; ++i) if (fitsPattern(patterns[i], name)) return true;
  return false;
}
