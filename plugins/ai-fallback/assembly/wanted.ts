// What a plan is made for.
import { HeaderList, JsonTape, Slice } from "@weir/sdk/assembly";
import { Prompt } from "@weir/dialects/surfaces/assembly/context-window";
import { Purpose, Surface } from "@weir/dialects/surfaces/assembly/surface";
import { Balance } from "./balance";
import { Route } from "./route";

const STREAM = Slice.of("stream");

/** What is asked for. */
@final
export class Wanted {
  /** The name of the model; empty where there is none. */
  model: Slice = Slice.empty();
  /** Whether the targets' ranking is left aside, to learn more of the others. */
  explores: bool = false;
  /** Whether it is made beside another one, and may never be followed. */
  isSpare: bool = false;
  /** Null where there is no choice for its length to make. */
  prompt: Prompt | null = null;

  constructor(
    readonly surface: Surface,
    /** The affinity's; 0 for none. */
    readonly key: u64,
    /** Whether a stream is asked for. */
    readonly isStream: bool,
  ) {}
}

/** What a request asks of a route, its model apart. `body` is scanned at least one level deep, empty without a body. */
export function wantedBy(route: Route, surface: Surface, headers: HeaderList, body: JsonTape): Wanted {
  const isMeasured = route.balance == Balance.Fastest;
  const isStream = isMeasured && (surface.isStream || body.isTrue(body.find(body.root, STREAM)));
  const wanted = new Wanted(surface, route.affinity.keyOf(headers, body), isStream);
  if (route.hasChoice && surface.purpose == Purpose.Chat) wanted.prompt = new Prompt(body.bytes);
  return wanted;
}
