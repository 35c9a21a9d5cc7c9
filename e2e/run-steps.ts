// Runs a scenario's steps against a gateway and checks all that they expect of it.
import { randomUUID } from "node:crypto";
import OpenAI from "openai";
import { expect } from "vitest";
import type { ReceivedRequest } from "../control/src/simulator/simulator.ts";
import type { Gateway } from "./gateway.ts";
import { send } from "./http-client.ts";
import type { Received, Step } from "./scenario.ts";

/** Envoy keeps a client's request id, so the step's access log entry is found by it. */
const idHeader = "x-request-id";

/** Runs the steps in order, then looks at their access log entries, which Envoy writes once a second. */
export async function runSteps(gateway: Gateway, steps: Step[]): Promise<void> {
  const ids: string[] = [];
  for (const step of steps) ids.push(await runStep(gateway, step));
  for (const [index, { log }] of steps.entries()) {
    if (log) expect(await gateway.logEntry(ids[index] ?? ""), "access log entry").toMatchObject(log);
  }
}

/** Returns the request id that the step's requests carried. */
async function runStep(gateway: Gateway, step: Step): Promise<string> {
  const id = randomUUID();
  gateway.simulator.requests.length = 0;
  const answer = await perform(gateway, step, id);
  const received = gateway.simulator.requests.map(readable);
  if (step.received) expect(received, "received by the provider").toMatchObject(step.received);
  if (step.received) expect(received.length, "requests received by the provider").toBe(step.received.length);
  step.check?.(answer as never, received);
  return id;
}

async function perform(gateway: Gateway, step: Step, id: string): Promise<unknown> {
  if (step.fails) return expectFailure(gateway, step, id);
  const answer = step.call ? await step.call(clientOf(gateway, id)) : await sendTo(gateway, step, id);
  if (step.answer) expect(answer, "answer").toMatchObject(step.answer);
  return answer;
}

function sendTo(gateway: Gateway, { send: request }: Step, id: string): Promise<unknown> {
  if (!request) throw new Error("A step has neither `send` nor `call`");
  return send(gateway.url, { ...request, headers: { [idHeader]: id, ...request.headers } });
}

async function expectFailure(gateway: Gateway, { call, fails }: Step, id: string): Promise<unknown> {
  const error: unknown = await call?.(clientOf(gateway, id)).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error, "error of the client").toBeInstanceOf(fails?.as);
  // An error and a plain object never match, so its fields are compared.
  if (fails?.with) expect({ ...(error as object) }, "error of the client").toMatchObject(fails.with);
  return error;
}

/** The real client as an application makes it, except that it does not retry. */
export function clientOf(gateway: Gateway, id: string = randomUUID()): OpenAI {
  return new OpenAI({
    baseURL: `${gateway.url}/v1`,
    apiKey: "fake-client-key",
    maxRetries: 0,
    timeout: 20_000,
    defaultHeaders: { [idHeader]: id },
  });
}

function readable({ method, path, headers, body }: ReceivedRequest): Received {
  const text = body.toString();
  return { method, path, headers: headers as Record<string, string>, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
