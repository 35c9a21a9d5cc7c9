// A budget of which some have nothing left.
import { nowMs, Slice, Writer } from "@weir/sdk/assembly";
import { Caller, CallerField } from "./caller";

/** Stands in no name. */
const SEPARATOR = "\0";
const LINE_FEED: u8 = 0x0a;

/** One budget, with those who have spent it. */
@final
export class SpentBudget {
  /** By the joined values of `by`: the spent models, one on each line; empty for all of them. */
  private readonly spent: Map<string, Slice> = new Map<string, Slice>();

  constructor(
    readonly name: Slice,
    /** What is known of the caller and told apart, in this order; the model is not among it. */
    readonly by: CallerField[],
    /** When it begins anew; −1 for never. */
    readonly untilMs: i64,
    /** What is asked in place of what is spent; empty where requests are refused. */
    readonly cheaper: Slice,
  ) {}

  /** Adds somebody, by a value for each of `by`. */
  add(values: string[], models: Slice): void {
    this.spent.set(values.join(SEPARATOR), models);
  }

  /** The models that `caller` may not use any more: empty for all of them; null where something is left. */
  spentBy(caller: Caller): Slice | null {
    if (this.untilMs >= 0 && nowMs() >= <u64>this.untilMs) return null;
    if (!this.by.includes(CallerField.Tag)) return this.find(caller, "");
    const tags = caller.tags;
    const models = new Writer();
    for (let i = 0; i < tags.length; ++i) {
      const spent = this.find(caller, tags[i]);
      if (!spent) continue;
      if (!spent.length) return spent;
      if (models.length) models.byte(LINE_FEED);
      models.bytes(spent);
    }
    return models.length ? models.take() : null;
  }

  private find(caller: Caller, tag: string): Slice | null {
    const values: string[] = [];
    for (let i = 0; i < this.by.length; ++i) {
      const field = this.by[i];
      values.push(field == CallerField.Tag ? tag : caller.value(field).toText());
    }
    const key = values.join(SEPARATOR);
    return this.spent.has(key) ? this.spent.get(key) : null;
  }
}
