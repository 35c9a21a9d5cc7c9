// The dialects as functions, and their fixtures, found by glob:
// dialects/<dialect>/fixtures/{requests,responses,streams,errors}/<case>.{json,txt}.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Harness } from "../../sdk/test/harness.ts";
import { compileModule } from "../../tools/build-plugins.ts";
import { encodeMessage } from "./event-stream.ts";

const folder = join(import.meta.dirname, "..");
const encoder = new TextEncoder();
/** Cases of streams whose client asks for no usage. */
const withoutUsage = /-no-usage$/;

/** A fixture. */
export interface Case {
  dialect: string;
  kind: "requests" | "responses" | "streams" | "errors";
  name: string;
  /** The path without its ending. */
  base: string;
  text: string;
}

/** One event of a stream: as its fixture has it, and as it goes over the wire. */
interface Event {
  text: string;
  bytes: Uint8Array;
}

/** Dialects whose streams are binary: in their fixtures each line is an event. */
const binary: Record<string, (line: string) => Uint8Array> = { bedrock: encodeMessage };

/** Dialects whose streams are lines of JSON. */
const lines = new Set(["ollama"]);

/** The events of a stream. */
export function eventsOf({ dialect, text }: Pick<Case, "dialect" | "text">): Event[] {
  const encode = binary[dialect];
  const isLines = encode !== undefined || lines.has(dialect);
  const events = text.split(isLines ? /(?<=\n)/ : /(?<=\n\n)/);
  return events.map((event) => ({ text: event, bytes: encode ? encode(event) : encoder.encode(event) }));
}

/** A stream as it goes over the wire. */
export function bytesOf(one: Pick<Case, "dialect" | "text">): Uint8Array {
  return Buffer.concat(eventsOf(one).map(({ bytes }) => bytes));
}

/** All translations, in an instance of their own. */
export class Codec {
  readonly harness: Harness;
  /** What clients may speak. */
  readonly clients: string[];
  /** What providers may speak. */
  readonly providers: string[];

  constructor(harness: Harness) {
    this.harness = harness;
    this.clients = (harness.text("clientNames") ?? "").trim().split("\n");
    this.providers = (harness.text("providerNames") ?? "").trim().split("\n");
  }

  /** The dialects that fixtures of this kind are translated into. */
  targets(kind: Case["kind"]): string[] {
    return kind === "requests" ? this.providers : this.clients;
  }

  /** Whether both clients and providers speak it, so that it can be translated into itself. */
  isBoth(dialect: string): boolean {
    return this.clients.includes(dialect) && this.providers.includes(dialect);
  }

  /** The provider's request, with what was dropped. An error for the client has its status instead. */
  request(
    source: string,
    target: string,
    body: string,
    keeps = false,
  ): { text: string; dropped: string; status: number } {
    const text = this.harness.text("request", source, target, body, keeps ? 1 : 0) ?? "";
    return { text, dropped: this.lastDropped(), status: this.harness.number("lastStatus") };
  }

  /** Lets answers from now on repeat of this request what its dialect repeats. */
  repeat(source: string, body: string): void {
    this.request(source, this.providers[0] ?? "", body);
    this.harness.text("setEcho", this.harness.text("lastEcho") ?? "");
  }

  /** The path of the provider's endpoint for a request. */
  endpointPath(source: string, target: string, body: string): string {
    return this.harness.text("endpointPath", source, target, body) ?? "";
  }

  /** Whether the provider answers the request with a stream only. */
  isStreamOnly(source: string, target: string, body: string): boolean {
    return this.harness.number("isStreamOnly", source, target, body) !== 0;
  }

  /** The header that asks a provider for a stream. */
  streamHeader(target: string): string {
    return this.harness.text("streamHeader", target) ?? "";
  }

  response(source: string, target: string, body: string): { text: string; dropped: string } {
    const text = this.harness.text("response", source, target, body) ?? "";
    return { text, dropped: this.lastDropped() };
  }

  error(source: string, target: string, body: string, status: number): { text: string; status: number } {
    const text = this.harness.text("error", source, target, body, status) ?? "";
    return { text, status: this.harness.number("lastStatus") };
  }

  /** What a client gets of a stream that arrives in these chunks, chunk by chunk, the end last. */
  stream(source: string, target: string, chunks: Uint8Array[], includeUsage = true): string[] {
    this.harness.number("open", source, target, includeUsage ? 1 : 0);
    const pushed = chunks.map((chunk) => this.harness.text("push", chunk) ?? "");
    return [...pushed, this.harness.text("finish") ?? ""];
  }

  /** The whole answer that a stream amounts to; empty where it fails. */
  collect(one: Case, target: string): string {
    return this.harness.text("collect", one.dialect, target, bytesOf(one)) ?? "";
  }

  /** What the last translation could not carry; of a stream, when its end has come. */
  lastDropped(): string {
    return this.harness.text("lastDropped") ?? "";
  }

  /** A stream fixture cut into its events. */
  chunksOf(one: Case): Uint8Array[] {
    return one.text.split(/(?<=\n\n)/).map((event) => encoder.encode(event));
  }

  /** A stream fixture translated whole. */
  wholeStream(one: Case, target: string): string {
    return this.stream(one.dialect, target, [bytesOf(one)], !withoutUsage.test(one.name)).join("");
  }
}

/** Compiles the dialects. Throws when they need any import but `env.abort`: they are pure. */
export async function loadCodec(): Promise<Codec> {
  return new Codec(new Harness(await codecModule()));
}

/** The compiled module, for tests that need fresh instances. */
export async function codecModule(): Promise<WebAssembly.Module> {
  const { bytes } = await compileModule("dialects/test/assembly/codec.ts", ["--config", "sdk/test/asconfig.json"]);
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
  if (imports.some((entry) => entry !== "env.abort")) throw new Error(`Not pure: ${imports.join(", ")}`);
  return module;
}

/** The folder of a dialect's fixtures of one kind. */
export function fixtureFolder(dialect: string, kind: Case["kind"]): string {
  return join(folder, dialect, "fixtures", kind);
}

/** All fixtures of one kind. */
export function fixtures(kind: Case["kind"]): Case[] {
  const dialects = readdirSync(folder).filter((name) => existsSync(join(folder, name, "fixtures", kind)));
  return dialects.flatMap((dialect) =>
    readdirSync(fixtureFolder(dialect, kind))
      .filter((file) => /^[^.]+\.(json|txt)$/.test(file))
      .map((file) => {
        const path = join(fixtureFolder(dialect, kind), file);
        const name = file.replace(/\.\w+$/, "");
        return {
          dialect,
          kind,
          name,
          base: join(fixtureFolder(dialect, kind), name),
          text: readFileSync(path, "utf8"),
        };
      }),
  );
}
