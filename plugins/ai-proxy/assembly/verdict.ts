// Whether an attempt's answer is one: asked before the client has seen any of it.
import { Slice } from "@weir/sdk/assembly";
import { Answer } from "./answer";
import { Plan } from "./plan";
import * as reasons from "./reason";

const STOP = Slice.of("stop");
const COMPLETED = Slice.of("completed");

/**
 * Why a stream is given up before its first token; empty where it is not, or not yet. What has come last never matters:
 * a stream that is cut into other chunks gets the same verdict.
 */
export function streamVerdict(answer: Answer, plan: Plan, isOver: bool): Slice {
  if (answer.hasContent) return Slice.empty();
  if (answer.hasFailed) return reasons.ERROR;
  if (!isOver) return Slice.empty();
  if (!answer.finish.length && !answer.isFiltered) return reasons.NO_ANSWER;
  return emptyVerdict(answer, plan);
}

/** Why a whole answer is given up; empty where it is not. */
export function wholeVerdict(answer: Answer, plan: Plan): Slice {
  if (answer.hasFailed) return reasons.ERROR;
  if (answer.isFiltered && plan.contentFilter) return reasons.FILTERED;
  return answer.hasContent ? Slice.empty() : emptyVerdict(answer, plan);
}

/** An answer that is empty because of a limit or a filter would be so elsewhere, or is what was asked for. */
function emptyVerdict(answer: Answer, plan: Plan): Slice {
  if (answer.isFiltered) return plan.contentFilter ? reasons.FILTERED : Slice.empty();
  const isDone = !answer.finish.length || answer.finish.equals(STOP) || answer.finish.equals(COMPLETED);
  return isDone && plan.emptyAnswer ? reasons.EMPTY : Slice.empty();
}

/** Whether it is no answer at all: an empty one, or one held back by a filter, still tells a client something. */
export function isFault(reason: Slice): bool {
  return reason == reasons.ERROR || reason == reasons.NO_ANSWER;
}

/** What the client would be told. */
export function messageFor(reason: Slice): Slice {
  if (reason == reasons.EMPTY) return EMPTY;
  if (reason == reasons.FILTERED) return FILTERED;
  return reason == reasons.NO_ANSWER ? NO_ANSWER : ERROR;
}

const EMPTY = Slice.of("The provider's answer is empty");
const FILTERED = Slice.of("The provider's filter held the answer back");
const NO_ANSWER = Slice.of("The provider's stream ended before its answer had begun");
const ERROR = Slice.of("The provider's answer cannot be understood");
