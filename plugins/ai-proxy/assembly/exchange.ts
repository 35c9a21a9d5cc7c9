// One request and its answer, as the stages that handle them share it.
import { JsonTape } from "@weir/sdk/assembly";
import { SurfacePath } from "@weir/dialects/openai/assembly/surface";
import { Answer } from "./answer";
import { RequestEdit } from "./request-edit";
import { SavedHeaders } from "./request-headers";
import { Target } from "./target";

/** What is known of one attempt. */
@final
export class Exchange {
  readonly edit: RequestEdit = new RequestEdit();
  readonly answer: Answer = new Answer();
  /** When the request was sent on, for streams; in nanoseconds. */
  sentAtNanos: u64 = 0;

  constructor(
    readonly target: Target,
    readonly wanted: SurfacePath,
    readonly saved: SavedHeaders,
    /** Shared by all streams of the plugin: what is read from it must be copied before the callback ends. */
    readonly tape: JsonTape,
  ) {}
}
