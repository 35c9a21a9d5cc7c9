// What every client does at every provider, and what must come of it. The simulated model's words tell what reached it.
import { expect } from "vitest";
import type { Ask, Client, Failure, FailureKind, Outcome, Place } from "./client.ts";
import { forecast } from "./tools.ts";

export interface Step {
  name: string;
  ask: Ask;
  check(outcome: Outcome, situation: Situation): void;
}

export interface Situation {
  client: Client;
  /** As the provider calls it. */
  model: string;
  /** Whether thoughts can be seen here. */
  showsThoughts: boolean;
}

const hello: Ask = {
  system: "Answer briefly.",
  messages: [
    { role: "user", text: "My name is Zoë." },
    { role: "assistant", text: "Hello, Zoë." },
    { role: "user", text: "What is my name? 🦔" },
  ],
};

/** Two calls at once, one of them without arguments; then two more. */
const twoRounds: Ask = {
  system: "Use the tools.",
  messages: [
    {
      role: "user",
      text: 'Use get_weather {"city": "Łódź"} and get_time, then get_weather and book_seats {"seats": 2}',
    },
  ],
  tools: true,
};

const weather = { name: "get_weather", arguments: { city: "Łódź" } };
const time = { name: "get_time", arguments: {} };
const seats = { name: "book_seats", arguments: { seats: 2 } };

/** A PNG of one pixel, 68 bytes. */
const imageBase64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR42mNgAAIAAAUAAen63NgAAAAASUVORK5CYII=";

const structured: Ask = { messages: [{ role: "user", text: "The forecast for Łódź" }], schema: true };

export const steps: Step[] = [
  { name: "chat", ask: hello, check: checkHello },
  {
    name: "stream",
    ask: { ...hello, stream: true },
    check: (outcome, situation) => {
      checkHello(outcome, situation);
      checkPieces(outcome);
    },
  },
  {
    name: "limit",
    ask: { ...hello, tokensMax: 16 },
    check: ({ finish, text }, { client }) => {
      expect(finish).toBe(client.finishes.length);
      expect(text).toMatch(/^This is a simulated answer/);
      expect(text.split(" ")).toHaveLength(16);
    },
  },
  { name: "tools", ask: twoRounds, check: checkRounds },
  {
    name: "tools, streamed",
    ask: { ...twoRounds, stream: true },
    check: (outcome, situation) => {
      checkRounds(outcome, situation);
      checkPieces(outcome);
    },
  },
  { name: "structured output", ask: structured, check: checkForecast },
  { name: "structured output, streamed", ask: { ...structured, stream: true }, check: checkForecast },
  { name: "thinking", ask: { ...hello, thinking: true }, check: checkThoughts },
  { name: "thinking, streamed", ask: { ...hello, thinking: true, stream: true }, check: checkThoughts },
  { name: "thinking between tools", ask: { ...twoRounds, thinking: true }, check: checkThoughtfulRounds },
  {
    name: "thinking between tools, streamed",
    ask: { ...twoRounds, thinking: true, stream: true },
    check: checkThoughtfulRounds,
  },
  {
    name: "image",
    ask: { messages: [{ role: "user", text: "What is this?" }], imageBase64 },
    check: ({ text }) => {
      expect(text).toContain("What is this?");
      expect(text).toMatch(/attached image\S* of 68 bytes/);
    },
  },
];

function checkHello({ text, finish, inputTokens, outputTokens }: Outcome, { client, model }: Situation): void {
  expect(text).toContain(`You asked ${model} this: "What is my name? 🦔"`);
  expect(finish).toBe(client.finishes.stop);
  expect(inputTokens).toBeGreaterThan(5);
  expect(outputTokens).toBeGreaterThan(10);
}

function checkPieces({ pieces }: Outcome): void {
  expect(pieces).toBeGreaterThan(5);
}

function checkRounds({ text, finish, rounds }: Outcome, { client }: Situation): void {
  expect(rounds).toEqual([
    [weather, time],
    [weather, seats],
  ]);
  expect(text).toContain("Sunny in Łódź");
  expect(text).toContain("Booked 2 seats");
  expect(finish).toBe(client.finishes.stop);
}

function checkForecast({ object }: Outcome): void {
  expect(object).toEqual({
    city: "simulated",
    days: 1,
    sky: forecast.shape.sky.options[0],
    warnings: [{ text: "simulated", urgent: true }],
  });
}

function checkThoughts(outcome: Outcome, situation: Situation): void {
  checkThinking(outcome, situation);
  checkHello(outcome, situation);
}

function checkThoughtfulRounds(outcome: Outcome, situation: Situation): void {
  checkThinking(outcome, situation);
  checkRounds(outcome, situation);
}

function checkThinking({ thinking }: Outcome, { showsThoughts }: Situation): void {
  expect(thinking).toEqual(showsThoughts ? expect.stringContaining("Simulated thinking about") : "");
}

/** An error of the provider's, and what the client makes of it. */
export interface Fault {
  name: string;
  /** The model's name that asks for it. */
  model: string;
  kind: FailureKind;
  /** Null where headers have told another one. */
  status: number | null;
  stream: boolean;
}

export const faults: Fault[] = [
  { name: "rate limit", model: "simulate-status-429+retry-after-7", kind: "rateLimit", status: 429, stream: false },
  {
    name: "rate limit, streamed",
    model: "simulate-status-429+retry-after-7",
    kind: "rateLimit",
    status: 429,
    stream: true,
  },
  { name: "bad request", model: "simulate-status-400", kind: "badRequest", status: 400, stream: false },
  {
    name: "broken stream",
    model: "simulate-words-20+error-mid-stream",
    kind: "brokenStream",
    status: null,
    stream: true,
  },
];

export const faultAsk = (stream: boolean): Ask => ({ messages: [{ role: "user", text: "Hello" }], stream });

export async function failureOf(client: Client, place: Place, ask: Ask): Promise<Failure> {
  const error: unknown = await client.ask(place, ask).then(
    (outcome) => {
      throw new Error(`The client saw no error, but ${JSON.stringify(outcome)}`);
    },
    (reason: unknown) => reason,
  );
  return client.describe(error);
}
