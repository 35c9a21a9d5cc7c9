// One request and its answer, as the stages that handle them share it.
import { JsonEdit, JsonTape, Slice } from "@weir/sdk/assembly";
import { OutputMeter } from "@weir/dialects/surfaces/assembly/output-meter";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { refuseModel, refuseSpent } from "./allowed-model";
import { Answer } from "./answer";
import { Attempt } from "./attempt";
import { Published } from "./published";
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
  /** What the attempt is in the request's plan; null where there is none. */
  attempt: Attempt | null = null;
  /** What the target is asked for in place of the model that the client names; empty for that one. */
  asked: Slice = Slice.empty();
  /** Whether the request was answered here, so that there is nothing to send. */
  isAnswered: bool = false;
  /** The provider's status. */
  status: u32 = 0;
  /** Whether nobody reads what would be published. */
  isSilent: bool = false;
  /** What of its answer has been published. */
  readonly published: Published = new Published();
  /** Whether the caller may be allowed some models only, or may have spent what some cost. */
  hasCallers: bool = true;
  hasBudgets: bool = true;
  /** Whether a limit may have been found to hold for the request. */
  isLimited: bool = true;
  /** What counts the answer's text; null where nobody wants to know, or there is none. */
  meter: OutputMeter | null = null;
  /** How much of the request is text, in bytes. */
  promptBytes: i32 = 0;
  /** The bound on each answer's tokens; −1 for none. */
  outputTokensMax: i64 = -1;
  /** When the request was sent on, where anybody wants to know; in nanoseconds. */
  sentAtNanos: u64 = 0;
  /** How long after it the first content came, of a stream; 0 where it has not. */
  firstTokenNanos: u64 = 0;
  /** The provider's name of the model, for what is measured. */
  meteredModel: Slice = Slice.empty();

  /** Whether its answer goes to the client: a planned one's may not. */
  get isPassed(): bool {
    const attempt = this.attempt;
    return attempt ? attempt.isPassed : true;
  }

  constructor(
    readonly target: Target,
    readonly wanted: SurfacePath,
    readonly saved: SavedHeaders,
    /** Whether it is known that an attempt was made before. */
    readonly isRepeated: bool,
    readonly scratch: Scratch,
  ) {}

  /** The provider's name for the client's `model`: as the plan says, else as the target does. */
  providerModelOf(model: Slice): Slice {
    const attempt = this.attempt;
    const planned = attempt ? attempt.planned.model : Slice.empty();
    return planned.length ? planned : this.target.mapping.map(this.asked.length ? this.asked : model);
  }

  /** Null where the caller may use `model`. One that stands for another was looked at when that was found out. */
  refuse(model: Slice): Refusal | null {
    const isNamed = this.hasCallers && !this.asked.length;
    const refusal: Refusal | null = isNamed ? refuseModel(model) : null;
    return refusal || !this.hasBudgets ? refusal : refuseSpent(this, model);
  }

  /** Whether the time for all of the request's attempts is over. */
  get isLate(): bool {
    const attempt = this.attempt;
    return attempt ? attempt.isLate : false;
  }
}
