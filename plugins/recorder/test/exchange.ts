// One request and its answer through the recorder on the Node host, and what it tells the log of them.
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";

export const allClasses = ["secrets", "emails", "cards", "phones", "ibans"];

export interface Sent {
  path?: string;
  requestType?: string;
  requestHeaders?: [string, string][];
  /** In the pieces in which it arrives. */
  request?: Uint8Array[];
  status?: string;
  answerType?: string;
  answerHeaders?: [string, string][];
  answer?: Uint8Array[];
  /** Who leaves before the answer's end. */
  leaves?: boolean;
  /** Who ends the answer with trailers. */
  trailers?: boolean;
  known?: Record<string, string>;
  route?: string;
}

export interface Recorded {
  prompt: string | null;
  answer: string | null;
  told: { promptTruncated?: boolean; answerTruncated?: boolean; redacted?: string[] };
  /** What the provider and the client got. */
  sent: string;
  got: string;
}

export const bytes = (text: string): Uint8Array => Buffer.from(text);
export const json = (value: unknown): Uint8Array[] => [bytes(JSON.stringify(value))];
/** A stream of events, in one piece. */
export const events = (...data: unknown[]): Uint8Array[] => [
  bytes(data.map((one) => `data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`).join("")),
];

export class RecorderHost {
  readonly host: WasmHost;
  #plugin: Plugin | null = null;

  private constructor(host: WasmHost) {
    this.host = host;
  }

  static async start(): Promise<RecorderHost> {
    return new RecorderHost(await WasmHost.load(await buildPlugin("recorder"), { startMs: 0 }));
  }

  /** Of the VM that was configured last. */
  get memoryBytes(): number {
    return this.#plugin!.root().vm.memory.buffer.byteLength;
  }

  configure(configuration: object) {
    const plugin = this.host.startPlugin({
      configuration: { promptBytesMax: 16_384, answerBytesMax: 16_384, redact: allClasses, ...configuration },
    });
    this.#plugin = plugin;
    return (sent: Sent): Recorded => {
      const filterState = new Map<string, Uint8Array>();
      for (const [name, value] of Object.entries(sent.known ?? {})) filterState.set(`wasm.weir.${name}`, bytes(value));
      const stream = plugin.openStream({ filterState, properties: { xds: { route_name: sent.route ?? "chat" } } });
      stream.requestHeaders([
        [":method", "POST"],
        [":path", sent.path ?? "/v1/chat/completions"],
        [":authority", "gateway"],
        ["content-type", sent.requestType ?? "application/json"],
        ...(sent.requestHeaders ?? []),
      ]);
      sendPieces(sent.request ?? json({}), (piece, endOfStream) => stream.requestBody(piece, { endOfStream }));
      if (sent.answer) {
        const type = sent.answerType ?? "application/json";
        stream.responseHeaders([
          [":status", sent.status ?? "200"],
          ["content-type", type],
          ...(sent.answerHeaders ?? []),
        ]);
        sendPieces(sent.answer, (piece, isLast) =>
          stream.responseBody(piece, { endOfStream: isLast && !sent.leaves && !sent.trailers }),
        );
        if (sent.trailers) stream.responseTrailers([["x-checksum", "1"]]);
      }
      if (sent.leaves || !sent.answer) stream.disconnect();
      const state = (name: string): string | null => {
        const value = stream.filterState.get(`wasm.weir.${name}`);
        return value ? new TextDecoder("utf-8", { fatal: true }).decode(value) : null;
      };
      return {
        prompt: state("prompt"),
        answer: state("answer"),
        told: JSON.parse(state("recorded") ?? "{}") as Recorded["told"],
        sent: stream.sentUpstream.text,
        got: stream.sentDownstream.text,
      };
    };
  }
}

function sendPieces(pieces: Uint8Array[], send: (piece: Uint8Array, isLast: boolean) => void): void {
  pieces.forEach((piece, index) => send(piece, index === pieces.length - 1));
}
