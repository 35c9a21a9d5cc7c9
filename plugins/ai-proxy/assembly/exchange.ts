// One request and its answer, as the stages that handle them share it.
import { JsonEdit, JsonTape, Slice } from "@weir/sdk/assembly";
import { SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { Answer } from "./answer";
import { RequestEdit } from "./request-edit";
import { SavedHeaders } from "./request-headers";
import { Target } from "./target";
import { Translation } from "./translation";

/** Working memory, one for all streams of a plugin: nothing in it outlives a callback. */
@final
export class Scratch {
  /** A request: of its values only the root's members, for there may be millions of tokens below them. */
  readonly request: JsonTape = new JsonTape(1);
  /** Changes to the request. */
  readonly changes: JsonEdit = new JsonEdit(this.request);
  /** Anything else that is small. */
  readonly tape: JsonTape = new JsonTape();

  /** Lets go of a request's body. */
  release(): void {
    this.request.scan(Slice.empty());
  }
}

/** What is known of one attempt. */
@final
export class Exchange {
  readonly edit: RequestEdit = new RequestEdit();
  readonly answer: Answer = new Answer();
  /** What turns request and answer into other dialects; null where they only pass. */
  translation: Translation | null = null;
  /** Whether the request was answered here, so that there is nothing to send. */
  isAnswered: bool = false;
  /** When the request was sent on, for streams; in nanoseconds. */
  sentAtNanos: u64 = 0;

  constructor(
    readonly target: Target,
    readonly wanted: SurfacePath,
    readonly saved: SavedHeaders,
    /** Whether it is known that an attempt was made before. */
    readonly isRepeated: bool,
    readonly scratch: Scratch,
  ) {}
}
