// Budgets with nothing left: how plugins tell each other, and what the client is told.
import { HeaderList, nowMs, parseInteger, Slice, Writer } from "@weir/sdk/assembly";
import { ErrorKind } from "../../hub/assembly/chat-error";
import { lineAt } from "./allow-list";
import { Refusal } from "./refusal";
import { Family } from "./surface";

/**
 * The filter state with the models that the caller may not use any more, by the providers' names: on each line when the
 * budget begins anew (Unix milliseconds, −1 for never), its name, and the model.
 */
export const SPENT_MODELS = Slice.of("weir.spent_models");

/**
 * The filter state with what is asked in place of what is spent: as above, with the name of a cheaper model in front of
 * the spent one, or alone where all of them are spent.
 */
export const SPENT_CHEAPER = Slice.of("weir.spent_cheaper");

const SPACE: u8 = 0x20;
const LF: u8 = 0x0a;

/** Adds a line. */
export function writeSpentModel(output: Writer, budget: Slice, untilMs: i64, model: Slice): void {
  if (output.length) output.byte(LF);
  output.integer(untilMs).byte(SPACE).bytes(budget).byte(SPACE).bytes(model);
}

/** A budget that is spent for a model. */
@final
export class SpentModel {
  private constructor(
    readonly budget: Slice,
    /** −1 for never. */
    readonly untilMs: i64,
  ) {}

  /** The budget in `state` by which `model` is spent; null where something is left. */
  static find(state: Slice, model: Slice): SpentModel | null {
    for (let from = 0; from < state.length;) {
      const line = lineAt(state, from);
      const name = line.indexOf(SPACE) + 1;
      const end = line.indexOf(SPACE, name);
      if (line.slice(end + 1).equals(model)) {
        return new SpentModel(line.slice(name, end), parseInteger(line.slice(0, name - 1), -1));
      }
      from += line.length + 1;
    }
    return null;
  }
}

/**
 * OpenAI has an error of its own for this, with status 429. To the others' clients it is a rate limit.
 * https://platform.openai.com/docs/guides/error-codes
 */
export function budgetSpent(budget: Slice, family: Family): Refusal {
  const kind = family == Family.OpenAi ? ErrorKind.Billing : ErrorKind.RateLimit;
  const message = "You exceeded your current quota: the budget " + budget.toText() + " is spent";
  return new Refusal(429, kind, message, "insufficient_quota");
}

/** When to come back. Clients are not to try before: that may be weeks. */
export function budgetSpentHeaders(untilMs: i64): HeaderList {
  const headers = new HeaderList().addText("content-type", "application/json").addText("x-should-retry", "false");
  if (untilMs < 0) return headers;
  const seconds = max<i64>(1, (untilMs - <i64>nowMs() + 999) / 1000);
  return headers.add(Slice.of("retry-after"), new Writer().integer(seconds).take());
}
