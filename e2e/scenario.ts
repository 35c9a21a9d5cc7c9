// The one shape of every end-to-end scenario. Expectations are matched as `toMatchObject` does: what is not named is
// not looked at. A scenario file in `scenarios/` exports `scenarios: Scenario[]`; it is found by its place.
import type OpenAI from "openai";
import type { HttpRequest } from "./http-client.ts";

export interface Scenario {
  name: string;
  /** weir.yaml with the placeholders of `gateway.ts`; absent for `oneProvider`. Equal texts share one gateway. */
  config?: string;
  steps: Step[];
}

/** What a client does, and all that must follow from it. Exactly one of `send` and `call` is given. */
export interface Step {
  /** By a plain HTTP client. */
  send?: HttpRequest;
  /** By the real OpenAI client, which does not retry. */
  call?: (client: OpenAI) => Promise<unknown>;
  /** For `send` an `HttpAnswer`, for `call` what it resolves to. */
  answer?: object;
  /** The error that `call` must end with: its class and some of its fields. */
  fails?: { as: new (...args: never[]) => Error; with?: object };
  /** Checked beside `answer`, for what a pattern cannot say. */
  check?: (answer: never, received: Received[]) => void;
  /** What the provider received in this step, in order; `[]` when nothing may reach it. */
  received?: object[];
  /** Fields of the step's access log entry. */
  log?: object;
}

/** A request as the simulated provider got it. */
export interface Received {
  method: string;
  path: string;
  headers: Record<string, string>;
  text: string;
  /** The parsed body; undefined when it is not JSON. */
  json: unknown;
}
