// A prompt that is too long for the target's model. Where there are others, the plan leaves such targets out: what
// comes here has nowhere else to go.
import { Slice } from "@weir/sdk/assembly";
import { Prompt } from "@weir/dialects/surfaces/assembly/context-window";
import { contextTooSmall } from "@weir/dialects/surfaces/assembly/refusal";
import { Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { BestError } from "./best-error";
import { Exchange } from "./exchange";
import * as reasons from "./reason";
import { sendError } from "./too-late";

/** Answers the request with `body` in the target's place if its model cannot hold the prompt. */
export function answerTooLong(exchange: Exchange, body: Slice): void {
  const target = exchange.target;
  const windows = target.contextWindows;
  const wanted = exchange.wanted;
  if (!windows || wanted.surface.purpose != Purpose.Chat || wanted.rest.length) return;
  const holdsOutput = target.contextHoldsOutput;
  const prompt = new Prompt(body, exchange.outputTokensMax);
  const window = prompt.windowPassed(windows, holdsOutput, exchange.edit.providerModel);
  if (window < 0) return;
  exchange.isAnswered = true;
  const attempt = exchange.attempt;
  if (attempt) attempt.onSent(exchange.edit.model, exchange.edit.providerModel);
  const refusal = contextTooSmall(wanted.surface.family, window, prompt.input, holdsOutput ? prompt.output : 0);
  // The error of a target that was asked says more than that this one cannot be.
  sendError(exchange, refusal, reasons.CONTEXT_LENGTH, BestError.read());
}
