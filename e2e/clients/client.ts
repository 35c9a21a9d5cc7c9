// What every client of the table can be asked, and what came of it, whatever its own API looks like. All of it is plain
// data, so that a driver may also live in another process, in another language.

export interface Ask {
  /** The last one is the user's. */
  messages: { role: "user" | "assistant"; text: string }[];
  system?: string;
  /** A PNG, attached to the last message. */
  imageBase64?: string;
  /** Offers the tools of `tools.ts` and runs the client's own loop until the model answers in words. */
  tools?: boolean;
  /** Wants an answer after the schema of `tools.ts`, checked by the client itself. */
  schema?: boolean;
  thinking?: boolean;
  stream?: boolean;
  tokensMax?: number;
}

export interface Call {
  name: string;
  arguments: unknown;
}

/** Of the last answer, where there were several; the calls of all of them. */
export interface Outcome {
  text: string;
  /** How many fragments the text came in; 0 for a whole answer. */
  pieces: number;
  /** The client's own word for why the answer ended. */
  finish: string;
  inputTokens: number;
  outputTokens: number;
  /** The thoughts of every answer, joined. */
  thinking: string;
  /** The calls of each round, in their order. */
  rounds: Call[][];
  /** What the client made of a structured answer. */
  object: unknown;
}

/** One HTTP answer as the client got it. */
export interface Answer {
  status: number;
  /** Of the header `x-weir-dropped`. */
  dropped: string[];
  retryAfter: string | null;
}

/** Where a client is pointed, and the trace that it leaves. */
export interface Place {
  /** Of the gateway, without a path. */
  url: string;
  model: string;
  fetch: typeof fetch;
  answers: Answer[];
}

export type ClientDialect = "openai-chat" | "openai-responses" | "anthropic" | "gemini";

/** What a failed request looks like to an application. */
export interface Failure {
  class: string;
  /** Null where the client tells none. */
  status: number | null;
  message: string;
}

/** Which failure an application sees. */
export type FailureKind = "badRequest" | "rateLimit" | "brokenStream";

export interface Client {
  name: string;
  dialect: ClientDialect;
  finishes: Record<"stop" | "length", string>;
  /** Whether an application gets at thoughts through it. */
  showsThoughts: boolean;
  /** The classes of its errors. */
  failures: Record<FailureKind, string>;
  ask(place: Place, ask: Ask): Promise<Outcome>;
  countTokens?(place: Place, text: string): Promise<number>;
  embed?(place: Place, texts: string[]): Promise<number[][]>;
  describe(error: unknown): Failure;
}

export const emptyOutcome: Outcome = {
  text: "",
  pieces: 0,
  finish: "",
  inputTokens: 0,
  outputTokens: 0,
  thinking: "",
  rounds: [],
  object: null,
};

/** The key that clients send: the gateway takes it away. */
export const clientKey = "fake-client-key";

/** A place whose `fetch` notes every answer. */
export function placeAt(url: string, model: string): Place {
  const answers: Answer[] = [];
  const noting: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    answers.push({
      status: response.status,
      dropped: response.headers.get("x-weir-dropped")?.split(/\s*,\s*/) ?? [],
      retryAfter: response.headers.get("retry-after"),
    });
    return response;
  };
  return { url, model, fetch: noting, answers };
}

/** For clients whose errors are classes with a `status`. */
export function describeByStatus(error: unknown): Failure {
  const { constructor, status, message } = error as Error & { status?: number };
  return { class: constructor.name, status: status ?? null, message };
}
