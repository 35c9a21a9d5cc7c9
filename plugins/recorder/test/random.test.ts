// Laws, tried with random requests and answers: the pieces in which bytes arrive change nothing; whatever the bytes
// are, the record is JSON and no bytes that pass are changed; and no cap, cut or split leaves a part of a secret.
// WEIR_TEST_SEED repeats a run.
import { beforeAll, expect, test } from "vitest";
import { seededRandom, type Random } from "../../../sdk/test/random.ts";
import { events, json, RecorderHost, type Recorded, type Sent } from "./exchange.ts";

let host: RecorderHost;
beforeAll(async () => void (host = await RecorderHost.start()));

const random = seededRandom("recorder");
const words = [
  "the",
  "Weir",
  "é",
  "世界",
  "😀",
  "\n",
  '"',
  "\\",
  "\u0000",
  "a,b",
  "4111",
  "x@",
  "+49",
  "-----",
  "sk-",
  "AB12",
];

// Put together here, so that nothing that looks like a secret stands in a file.
const secrets = [
  ["sk", "proj", "Zm9vYmFyYmF6cXV4MTIz"].join("-"),
  ["ada.lovelace", "mail.example.org"].join("@"),
  "4111 1111 1111 1111",
  "+49 30 90182 0304",
  "DE89 3704 0044 0532 0130 00",
  "Project Heron in all its length",
  "EMP-12345678-EMP",
  `Bearer ${["Zm9vYmFy", "YmF6cXV4MTIz", "NDU2"].join("")}`,
];
const redactAlso = [
  { name: "project", text: "Project Heron in all its length" },
  { name: "employee", pattern: "EMP-[0-9]{8}-EMP" },
];
/** A part of a secret that no text here has by itself. */
const parts = secrets.map((secret) => secret.replace(/^Bearer /, "").slice(2, 12));

const text = (count: number): string => Array.from({ length: random.below(count) }, () => random.of(words)).join(" ");

/** A text in which secrets stand, each with blanks around it. */
const secretText = (): string =>
  Array.from({ length: 1 + random.below(4) }, () => `${text(12)} ${random.of(secrets)} ${text(4)}`).join(" ");

function pieces(bytes: Uint8Array): Uint8Array[] {
  const most = random.of([1, 3, 17, 200, 5000]);
  const cut: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.below(most);
    cut.push(bytes.subarray(at, at + size));
    at += size;
  }
  return cut.length > 0 ? cut : [bytes];
}

function mutate(bytes: Uint8Array): Uint8Array {
  const result = [...bytes];
  for (let left = random.below(5); left > 0; left--) {
    const byte = random.of([random.below(256), 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x0a, 0x3a, 0x2c, 0]);
    const at = random.below(result.length + 1);
    result.splice(at, random.below(3), ...random.of([[byte], [], result.slice(at, at + random.below(30))]));
  }
  return Uint8Array.from(result);
}

/** A text as a provider streams it: in deltas of any size, which JSON may write with escapes. */
function deltas(whole: string, random: Random): string[] {
  const characters = [...whole];
  const list: string[] = [];
  while (characters.length > 0) list.push(characters.splice(0, 1 + random.below(6)).join(""));
  return list;
}

const escaped = (body: string): string =>
  body.replaceAll(/[^\u0000-\u007f]|@/g, (one) =>
    [...Array(one.length).keys()].map((i) => `\\u${one.charCodeAt(i).toString(16).padStart(4, "0")}`).join(""),
  );

const maybeEscaped = (list: Uint8Array[]): Uint8Array =>
  Buffer.from(random.below(2) ? escaped(Buffer.concat(list).toString()) : Buffer.concat(list).toString());

interface Exchange extends Sent {
  path: string;
  request: Uint8Array[];
  answer: Uint8Array[];
}

function exchangeWith(say: () => string): Exchange {
  const request = {
    model: "m",
    messages: [{ role: "user", content: [{ type: "text", text: say() }] }, { content: say() }],
  };
  const answer = say();
  if (random.below(3) === 0) {
    const whole = json({ choices: [{ index: 0, message: { content: answer } }] });
    return { path: "/v1/chat/completions", request: [maybeEscaped(json(request))], answer: [maybeEscaped(whole)] };
  }
  const form = random.of<{ path: string; event: (piece: string) => object }>([
    { path: "/v1/chat/completions", event: (content: string) => ({ choices: [{ index: 0, delta: { content } }] }) },
    {
      path: "/v1/messages",
      event: (text: string) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }),
    },
    {
      path: "/v1/responses",
      event: (delta: string) => ({ type: "response.output_text.delta", output_index: 0, delta }),
    },
    {
      path: "/v1beta/models/m:streamGenerateContent?alt=sse",
      event: (text: string) => ({ candidates: [{ content: { parts: [{ text }] } }] }),
    },
  ]);
  const stream = events(...deltas(answer, random).map(form.event));
  return {
    path: form.path,
    request: [maybeEscaped(json(request))],
    answer: [maybeEscaped(stream)],
    answerType: "text/event-stream",
  };
}

const inPieces = (sent: Exchange): Exchange => ({
  ...sent,
  request: pieces(Buffer.concat(sent.request)),
  answer: pieces(Buffer.concat(sent.answer)),
});

function expectSound({ prompt, answer }: Recorded): void {
  for (const recorded of [prompt, answer]) if (recorded !== null && recorded !== "") JSON.parse(recorded);
}

test("the pieces in which bytes arrive change nothing", () => {
  for (let i = 0; i < 150; i++) {
    const cap = random.of([100, 700, 16_384]);
    const send = host.configure({ promptBytesMax: cap, answerBytesMax: cap, redactAlso });
    const sent = exchangeWith(random.below(2) ? secretText : () => text(30));
    const whole = send(sent);
    expect(send(inPieces(sent))).toEqual(whole);
    expect(whole.got).toBe(Buffer.concat(sent.answer).toString());
    expect(whole.sent).toBe(Buffer.concat(sent.request).toString());
    expectSound(whole);
  }
});

test("what has no secrets is recorded as it was", () => {
  const send = host.configure({ redact: [] });
  for (let i = 0; i < 100; i++) {
    const said = text(40);
    const request = [maybeEscaped(json({ input: [said, { a: said }] }))];
    const stream = events(...deltas(said, random).map((content) => ({ choices: [{ delta: { content } }] })));
    const recorded = send({
      path: "/v1/responses",
      request,
      answer: pieces(Buffer.concat(stream)),
      answerType: "text/event-stream",
    });
    expect(JSON.parse(recorded.prompt!)).toEqual({ input: [said, { a: said }] });
    expect(JSON.parse(recorded.answer!)).toEqual(said === "" ? [] : [{ text: said }]);
  }
});

test("no cap, no cut and no split leaves a part of a secret", () => {
  for (let i = 0; i < 300; i++) {
    const cap = 20 + random.below(700);
    const send = host.configure({ promptBytesMax: cap, answerBytesMax: cap, redactAlso });
    const sent = inPieces(exchangeWith(secretText));
    // As often as not it ends somewhere on its way.
    if (random.below(2)) sent.request = sent.request.slice(0, 1 + random.below(sent.request.length));
    const leaves = random.below(2) === 1;
    if (leaves) sent.answer = sent.answer.slice(0, 1 + random.below(sent.answer.length));
    const { prompt, answer } = send({ ...sent, leaves });
    for (const part of parts) {
      expect(prompt ?? "").not.toContain(part);
      expect(answer ?? "").not.toContain(part);
    }
  }
});

test("whatever the bytes are, the record is JSON, and they pass as they are", () => {
  const send = host.configure({ promptBytesMax: 300, answerBytesMax: 300, redactAlso });
  for (let i = 0; i < 500; i++) {
    const given = exchangeWith(secretText);
    const sent = {
      ...given,
      request: pieces(mutate(Buffer.concat(given.request))),
      answer: pieces(mutate(Buffer.concat(given.answer))),
      answerType: random.of([given.answerType ?? "application/json", "application/json", "text/event-stream"]),
    };
    const recorded = send(sent);
    expectSound(recorded);
    expect(recorded.got).toBe(Buffer.concat(sent.answer).toString());
  }
});

test("memory is as much after many exchanges as after some", () => {
  const send = host.configure({ redactAlso });
  const exchanges = Array.from({ length: 20 }, () => inPieces(exchangeWith(secretText)));
  const runAll = (rounds: number): number => {
    for (let round = 0; round < rounds; round++)
      for (const sent of exchanges) send({ ...sent, leaves: round % 3 === 0 });
    return host.memoryBytes;
  };
  const before = runAll(30);
  expect(runAll(200)).toBe(before);
});
