// One place where Envoys reach ADS: a unix socket that only its owner can open, or a TCP port behind a token. Who may
// not come in is turned away here, before anything of the request is read.
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { chmod } from "node:fs/promises";
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type SecureServerOptions,
  type ServerHttp2Session,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Secret } from "../model/secret.ts";

export interface TcpDoor {
  /** Default loopback. */
  host?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** What an Envoy must show as `authorization: Bearer <token>`. Null lets in everybody who reaches the port. */
  token: Secret | null;
  /** In PEM. Default: no TLS. */
  tls?: DoorTls;
  /**
   * False while what is published is not all there is to serve: an Envoy that has more would lose it. It asks again
   * soon. Default: it always is.
   */
  isReady?(): boolean;
  /** Somebody was turned away; one call a minute for each address. */
  onRefuse?(peer: string, reason: string): void;
}

export interface DoorTls {
  cert: string | Buffer;
  key: string | Buffer;
  /** Who comes must show a certificate that these have signed. Default: nobody is asked for one. */
  clientCa?: string | Buffer;
}

export type AdsDoorOptions = TcpDoor | { socketPath: string };

type Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const grpcUnauthenticated = 16;
const grpcUnavailable = 14;
const keepAliveMs = 30_000;
const refusalQuietMs = 60_000;
/** Beyond it all are forgotten: it is memory for quiet, not for counting. */
const refusalPeersMax = 1_000;

export class AdsDoor {
  readonly #options: AdsDoorOptions;
  readonly #server: Http2Server;
  readonly #connections = new Set<ServerHttp2Session>();
  /** Of `#connections`, and those that have not come so far: a TLS handshake may never end. */
  readonly #sockets = new Set<Socket>();
  #isClosed = false;
  readonly #refusedAtMs = new Map<string, number>();

  constructor(options: AdsDoorOptions, handler: Handler) {
    this.#options = options;
    const guarded: Handler = (request, response) => {
      const reason = this.#whyRefuse(request);
      if (reason !== null) return this.#refuse(request, response, reason);
      if (!this.#isReady()) return end(response, grpcUnavailable, "Weir has not read all of its configuration yet");
      handler(namedHere(request), response);
    };
    const tls = "socketPath" in options ? undefined : options.tls;
    this.#server = tls ? createSecureServer(secureOptions(tls), guarded) : createServer(guarded);
    this.#server.on("connection", (socket: Socket) => {
      // An Envoy whose machine is gone never says good-bye.
      socket.setKeepAlive(true, keepAliveMs);
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.#server.on("session", (connection) => {
      this.#connections.add(connection);
      connection.once("close", () => this.#connections.delete(connection));
    });
    if (tls) this.#watchHandshakes();
  }

  /** The port it listens on; 0 for a socket, and before `listen`. */
  get port(): number {
    const address = this.#server.address() as AddressInfo | string | null;
    return address && typeof address === "object" ? address.port : 0;
  }

  /** Throws, with nothing left open, when it cannot. */
  async listen(): Promise<void> {
    const options = this.#options;
    if ("socketPath" in options) this.#server.listen(options.socketPath);
    else this.#server.listen(options.port ?? 0, options.host ?? "127.0.0.1");
    await once(this.#server, "listening");
    if (!("socketPath" in options)) return;
    try {
      await chmod(options.socketPath, 0o600);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const connection of this.#connections) connection.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** A connection that closes before its handshake was done. The failed TLS socket itself no longer knows its peer. */
  #watchHandshakes(): void {
    const pending = new Set<string>();
    const nameOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`;
    this.#server.on("secureConnection", (socket: Socket) => void pending.delete(nameOf(socket)));
    this.#server.on("connection", (socket: Socket) => {
      const [name, peer] = [nameOf(socket), peerOf(socket)];
      pending.add(name);
      socket.once("close", () => void (pending.delete(name) && this.#report(peer, "no TLS handshake that succeeds")));
    });
  }

  #isReady(): boolean {
    return "socketPath" in this.#options || (this.#options.isReady?.() ?? true);
  }

  #whyRefuse(request: Http2ServerRequest): string | null {
    if ("socketPath" in this.#options || this.#options.token === null) return null;
    const { authorization = "" } = request.headers;
    // A bootstrap without a token in its environment still sends the scheme.
    if (/^(Bearer)?\s*-?$/.test(authorization)) return "no token";
    return isEqual(authorization, `Bearer ${this.#options.token.reveal()}`) ? null : "a wrong token";
  }

  #refuse(request: Http2ServerRequest, response: Http2ServerResponse, reason: string): void {
    this.#report(peerOf(request.socket), reason);
    end(response, grpcUnauthenticated, `Weir was shown ${reason}`);
  }

  #report(peer: string, reason: string): void {
    if ("socketPath" in this.#options || this.#isClosed) return;
    const last = this.#refusedAtMs.get(peer);
    if (last !== undefined && performance.now() - last < refusalQuietMs) return;
    if (this.#refusedAtMs.size >= refusalPeersMax) this.#refusedAtMs.clear();
    this.#refusedAtMs.set(peer, performance.now());
    this.#options.onRefuse?.(peer, reason);
  }
}

function end(response: Http2ServerResponse, status: number, message: string): void {
  const headers = { "content-type": "application/grpc", "grpc-status": status, "grpc-message": message };
  response.stream.respond({ ":status": 200, ...headers }, { endStream: true });
}

function secureOptions({ cert, key, clientCa }: DoorTls): SecureServerOptions {
  const asked = clientCa && { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  return { cert, key, ...asked, minVersion: "TLSv1.2" };
}

/**
 * The name that the peer has for this server says nothing, and what reads it takes it for one of a URL. Envoy's is the
 * cluster's, which a URL may not have: one that ends in digits alone would have to be an address.
 */
function namedHere(request: Http2ServerRequest): Http2ServerRequest {
  request.headers[":authority"] = "weir";
  return request;
}

function peerOf(socket: { remoteAddress?: string | undefined }): string {
  return socket.remoteAddress ?? "a peer that has left";
}

/** In a time that tells nothing of the content; digests, since only equal lengths can be compared so. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
