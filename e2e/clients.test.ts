// Every client at every provider. A test's name says who, where and what: `openai, responses > bedrock > tools`.
import { afterAll, beforeAll, describe, expect, test, vi, type TestContext } from "vitest";
import { aiClients } from "./clients/ai.ts";
import { anthropic } from "./clients/anthropic.ts";
import { placeAt, type Client, type Place } from "./clients/client.ts";
import { exceptionAt, exceptions } from "./clients/exceptions.ts";
import { googleGenai } from "./clients/google-genai.ts";
import { langchainClients } from "./clients/langchain.ts";
import { openaiChat } from "./clients/openai-chat.ts";
import { openaiResponses } from "./clients/openai-responses.ts";
import { credentialsOf, everyProvider, providers, type Provider } from "./clients/providers.ts";
import { PythonDriver, pythonClients } from "./clients/python-clients.ts";
import { installPythonPackages } from "./clients/python-packages.ts";
import { failureOf, faultAsk, faults, steps, type Fault, type Step } from "./clients/steps.ts";
import { startGateway, type Gateway } from "./gateway.ts";

vi.setConfig({ maxConcurrency: 24 });

const python = new PythonDriver();
const pythonRows = pythonClients(python);
let withoutPython = "";
const clients: Client[] = [
  openaiChat,
  openaiResponses,
  anthropic,
  googleGenai,
  ...aiClients,
  ...langchainClients,
  ...pythonRows,
];

let gateway: Gateway;
beforeAll(async () => {
  const installed = installPythonPackages().then(
    (packages) => python.start(packages),
    (error: Error) => void (withoutPython = `the Python clients are not to be had: ${error.message}`),
  );
  gateway = await startGateway(everyProvider, credentialsOf);
  await installed;
});
afterAll(async () => {
  await python.stop();
  await gateway?.stop();
});

class Cell {
  readonly client: Client;
  readonly provider: Provider;

  constructor(client: Client, provider: Provider) {
    this.client = client;
    this.provider = provider;
  }

  place(model: string): Place {
    return placeAt(gateway.url, `${this.provider.name}/${model}`);
  }

  async run({ name, ask, check }: Step): Promise<void> {
    const { client, provider } = this;
    const exception = exceptionAt(client.name, provider.name, name);
    const place = this.place(provider.model);
    if (exception?.refused) {
      expect((await failureOf(client, place, ask)).message).toMatch(exception.refused);
      return;
    }
    const outcome = await client.ask(place, ask);
    const showsThoughts = client.showsThoughts && provider.showsThoughts && !exception?.hidesThoughts;
    check(outcome, { client, model: provider.model, showsThoughts });
    const dropped = new Set(place.answers.flatMap((answer) => answer.dropped));
    expect([...dropped].sort().join()).toBe(exception?.dropped ?? "");
  }

  async fail({ name, model, kind, status, stream }: Fault): Promise<void> {
    const place = this.place(model);
    const failure = await failureOf(this.client, place, faultAsk(stream));
    const exception = exceptionAt(this.client.name, this.provider.name, name);
    expect(failure.class).toBe(exception?.failsAs ?? this.client.failures[kind]);
    if (status !== null) expect(failure.status).toBe(status);
    if (status === 429) expect(place.answers).toMatchObject([{ status, retryAfter: "7" }]);
  }

  async count(countTokens: NonNullable<Client["countTokens"]>): Promise<void> {
    const short = await countTokens(this.place(this.provider.model), "How long is this?");
    const long = await countTokens(this.place(this.provider.model), "How long is this? ".repeat(10));
    expect(short).toBeGreaterThan(2);
    expect(long).toBeGreaterThan(short * 3);
  }

  async embed(embed: NonNullable<Client["embed"]>): Promise<void> {
    const { embeddingModel, model } = this.provider;
    if (embeddingModel === null) {
      const refused = embed(this.place(model), ["one"]);
      await expect(refused).rejects.toThrow(/does not serve (embeddings|batchEmbedContents)/);
      return;
    }
    const [one, two, ...more] = await embed(this.place(embeddingModel), ["one", "two"]);
    expect(more).toEqual([]);
    expect(one?.length).toBeGreaterThan(2);
    expect(one).not.toEqual(two);
    expect(one?.length).toBe(two?.length);
    for (const value of one ?? []) expect(value).toBeTypeOf("number");
  }
}

function skipWithoutPython(client: Client, context: TestContext): void {
  if (withoutPython && pythonRows.includes(client)) context.skip(withoutPython);
}

const apis = clients.map(({ dialect }) => dialect);

/** Every client at every provider, except that a variant gets the first client of each API. */
function providersFor(client: Client): Provider[] {
  const isFirst = apis.indexOf(client.dialect) === clients.indexOf(client);
  return providers.filter(({ isVariant }) => isFirst || !isVariant);
}

for (const client of clients) {
  describe(client.name, () => {
    for (const provider of providersFor(client)) {
      describe.concurrent(provider.name, () => {
        testCell(client, provider);
      });
    }
  });
}

function testCell(client: Client, provider: Provider): void {
  const cell = new Cell(client, provider);
  const check = (name: string, run: () => Promise<void>): void =>
    void test(name, async (context) => {
      skipWithoutPython(client, context);
      await run();
    });
  for (const step of steps) check(step.name, () => cell.run(step));
  for (const fault of faults) check(fault.name, () => cell.fail(fault));
  const { countTokens, embed } = client;
  if (countTokens) check("token count", () => cell.count(countTokens));
  if (embed) check("embeddings", () => cell.embed(embed));
}

test("every exception is meant for a cell", () => {
  const names = [...steps, ...faults].map(({ name }) => name);
  const used = clients.flatMap((client) =>
    providersFor(client).flatMap((provider) => names.map((name) => exceptionAt(client.name, provider.name, name))),
  );
  expect(exceptions.filter((exception) => !used.includes(exception))).toEqual([]);
});
