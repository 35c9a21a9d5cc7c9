// An MCP server of both eras that has everything: what a gateway in front of it must not lose. Requests of the first
// era are answered by streams that can be resumed, sessions and all; the second era has no state at all.
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  prompts,
  readResource,
  resources,
  RpcFailure,
  template,
  tools,
  type Json,
  type Turn,
} from "./everything-content.ts";

type Eras = "both" | "legacy" | "modern";

export interface EverythingServer {
  /** `http://127.0.0.1:41234/mcp` */
  url: string;
  /** All that was sent to it. */
  requests: { method: string; headers: IncomingMessage["headers"]; body: Json }[];
  /** Forgets all sessions, as a restart does. */
  forgetSessions(): void;
  close(): Promise<void>;
}

interface Session {
  id: string;
  capabilities: Json;
  /** By the ids of what the client was asked. */
  pending: Map<string, (answer: Json) => void>;
  /** All events of all streams, in order. */
  events: { stream: string; id: string; message: Json }[];
  streams: Map<string, ServerResponse>;
}

const meta = "io.modelcontextprotocol/";
const modernVersion = "2026-07-28";
const info = { name: "everything", version: "1.0.0" };
const listed = { tools: { listChanged: true }, prompts: { listChanged: true }, completions: {} };
const legacyCapabilities = { ...listed, resources: { subscribe: true, listChanged: true }, logging: {} };
const modernCapabilities = { ...listed, resources: { subscribe: true, listChanged: true } };
const legacyVersions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

export async function startEverythingServer(eras: Eras = "both"): Promise<EverythingServer> {
  const everything = new Everything(eras);
  const server = createServer((request, response) => void everything.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const { requests, sessions } = everything;
  return { url, requests, forgetSessions: () => sessions.clear(), close: () => closeServer(server) };
}

class Everything {
  readonly requests: EverythingServer["requests"] = [];
  readonly sessions = new Map<string, Session>();
  readonly listeners = new Set<(method: string) => void>();
  readonly #eras: Eras;

  constructor(eras: Eras) {
    this.#eras = eras;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === "" ? undefined : JSON.parse(text);
    this.requests.push({ method: request.method!, headers: request.headers, body });
    const { host = "", origin } = request.headers;
    const isLocal = (name: string) => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(name);
    if (!isLocal(host) || (origin !== undefined && !isLocal(new URL(origin).host))) {
      return send(response, 403, failureOf(undefined, new RpcFailure(-32000, "Forbidden")));
    }
    const said = body?.params?._meta?.[`${meta}protocolVersion`];
    const isModern = said !== undefined || request.headers["mcp-protocol-version"] === modernVersion;
    if (isModern && this.#eras === "legacy") {
      return send(
        response,
        400,
        failureOf(body?.id, new RpcFailure(-32000, "Bad Request: Unsupported protocol version")),
      );
    }
    if (isModern) return this.#modern(request, response, body);
    if (this.#eras === "modern") {
      if (request.method !== "POST") return send(response, 405, undefined);
      const data = { supported: [modernVersion], requested: request.headers["mcp-protocol-version"] ?? "none" };
      return send(response, 400, failureOf(body?.id, new RpcFailure(-32022, "Unsupported protocol version", { data })));
    }
    return this.#legacy(request, response, body);
  }

  // The first era.

  #legacy(request: IncomingMessage, response: ServerResponse, body: Json): void | Promise<void> {
    if (body?.method === "initialize") return this.#initialize(response, body);
    const id = request.headers["mcp-session-id"];
    if (id === undefined)
      return send(response, 400, failureOf(body?.id, new RpcFailure(-32000, "Session id is missing")));
    const session = this.sessions.get(String(id));
    if (!session) return send(response, 404, failureOf(body?.id, new RpcFailure(-32001, "Session not found")));
    if (request.method === "DELETE") {
      this.sessions.delete(session.id);
      return void response.writeHead(200).end();
    }
    if (request.method === "GET") return this.#listen(request, response, session);
    if (body.method === undefined) {
      session.pending.get(body.id)?.(body.result ?? {});
      return void response.writeHead(202).end();
    }
    if (body.id === undefined) return void response.writeHead(202).end();
    return this.#answerInStream(response, session, body);
  }

  #initialize(response: ServerResponse, { id, params }: Json): void {
    const sessionId = randomUUID();
    const { capabilities, protocolVersion } = params;
    const session = { id: sessionId, capabilities, pending: new Map(), events: [], streams: new Map() };
    this.sessions.set(sessionId, session);
    response.setHeader("mcp-session-id", sessionId);
    const version = legacyVersions.includes(protocolVersion) ? protocolVersion : "2025-11-25";
    const result = { protocolVersion: version, capabilities: legacyCapabilities, serverInfo: info };
    send(response, 200, { jsonrpc: "2.0", id, result });
  }

  /** A stream that is resumed gets what was missed, and what is still to come. */
  #listen(request: IncomingMessage, response: ServerResponse, session: Session): void {
    const last = request.headers["last-event-id"];
    const stream = last === undefined ? "listen" : String(last).split("/")[0]!;
    openStream(response);
    const at = session.events.findIndex(({ id }) => id === last);
    const missed = last === undefined ? [] : session.events.slice(at + 1).filter((event) => event.stream === stream);
    for (const { id, message } of missed) writeEvent(response, message, id);
    session.streams.set(stream, response);
  }

  async #answerInStream(response: ServerResponse, session: Session, body: Json): Promise<void> {
    const stream = randomUUID();
    openStream(response);
    session.streams.set(stream, response);
    response.write(`id: ${stream}/first\nretry: 50\ndata: \n\n`);
    session.events.push({ stream, id: `${stream}/first`, message: {} });
    const emit = (message: Json) => {
      const id = `${stream}/${session.events.length}`;
      session.events.push({ stream, id, message });
      const open = session.streams.get(stream);
      if (open && !open.writableEnded) writeEvent(open, message, id);
    };
    emit(await replyTo(body, this.#legacyTurn(session, stream, body, emit)));
    session.streams.get(stream)?.end();
  }

  #legacyTurn(session: Session, stream: string, { params = {} }: Json, emit: (message: Json) => void): Turn {
    return {
      params,
      capabilities: session.capabilities,
      isModern: false,
      notify: (method, rest) => emit({ jsonrpc: "2.0", method, params: rest }),
      request: (method, rest) =>
        new Promise((resolve) => {
          const id = randomUUID();
          session.pending.set(id, resolve);
          emit({ jsonrpc: "2.0", id, method, params: rest });
        }),
      closeStream: () => session.streams.get(stream)?.end(),
      publish: () => {},
    };
  }

  // The second era.

  async #modern(request: IncomingMessage, response: ServerResponse, body: Json): Promise<void> {
    if (request.method !== "POST") return send(response, 405, undefined);
    const problem = modernProblem(request, body);
    if (problem) return send(response, problem.status, failureOf(body.id, problem));
    if (body.id === undefined) return void response.writeHead(202).end();
    if (body.method === "subscriptions/listen") return this.#subscribe(response, body);
    const params = body.params;
    const streamed: Json[] = [];
    const turn: Turn = {
      params,
      capabilities: params._meta[`${meta}clientCapabilities`],
      isModern: true,
      notify: (method, rest) => {
        if (method === "notifications/message" && params._meta[`${meta}logLevel`] === undefined) return;
        if (!response.headersSent) openStream(response);
        const message = { jsonrpc: "2.0", method, params: rest };
        streamed.push(message);
        writeEvent(response, message);
      },
      request: () => Promise.reject(new RpcFailure(-32603, "Nobody is to be asked")),
      closeStream: () => {},
      publish: (method) => this.listeners.forEach((listener) => listener(method)),
    };
    const reply = await replyTo(body, turn);
    if (streamed.length === 0) return send(response, statusOf(reply), reply);
    writeEvent(response, reply);
    response.end();
  }

  #subscribe(response: ServerResponse, { id, params }: Json): void {
    openStream(response);
    const wanted = params.notifications ?? {};
    const tagged = { [`${meta}subscriptionId`]: id };
    const write = (method: string, rest: Json) =>
      writeEvent(response, { jsonrpc: "2.0", method, params: { ...rest, _meta: tagged } });
    write("notifications/subscriptions/acknowledged", { notifications: wanted });
    const listener = (method: string) => {
      const kind = method.split("/")[1];
      if (wanted[`${kind}ListChanged`]) write(method, {});
    };
    this.listeners.add(listener);
    response.on("close", () => this.listeners.delete(listener));
  }
}

/** The answer to a request of either era. */
export async function replyTo(body: Json, turn: Turn): Promise<Json> {
  try {
    const result = await resultOf(body.method, turn);
    const own = { resultType: "complete", _meta: { [`${meta}serverInfo`]: info }, ...caching(body.method, result) };
    return { jsonrpc: "2.0", id: body.id, result: turn.isModern ? { ...own, ...result } : result };
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error;
    return failureOf(body.id, error);
  }
}

function caching(method: string, { resultType }: Json): Json {
  const isCached = /\/(list|discover)$/.test(method) || method === "resources/read";
  return isCached && resultType === undefined ? { ttlMs: 1000, cacheScope: "public" } : {};
}

function modernProblem({ headers }: IncomingMessage, { method, params }: Json): RpcFailure | null {
  const given = params?._meta ?? {};
  const version = given[`${meta}protocolVersion`];
  const fail = (code: number, message: string, data?: unknown, status = 400) =>
    new RpcFailure(code, message, { data, status });
  if (version === undefined) return fail(-32602, "_meta has no protocolVersion");
  if (headers["mcp-protocol-version"] !== version) return fail(-32020, "MCP-Protocol-Version differs");
  if (version !== modernVersion)
    return fail(-32022, "Unknown version", { supported: [modernVersion], requested: version });
  if (given[`${meta}clientCapabilities`] === undefined) return fail(-32602, "_meta has no clientCapabilities");
  if (!knownMethods.has(method)) return fail(-32601, "Method not found", undefined, 404);
  if (headers["mcp-method"] !== method) return fail(-32020, "Mcp-Method differs");
  const named = /^(tools\/call|prompts\/get)$/.test(method) ? params.name : method === "resources/read" && params.uri;
  if (named && headers["mcp-name"] !== named) return fail(-32020, "Mcp-Name differs");
  return method === "tools/call" && !repeatsArguments(headers, params) ? fail(-32020, "Mcp-Param differs") : null;
}

/** Whether headers say what the annotated arguments do. */
function repeatsArguments(headers: IncomingMessage["headers"], params: Json): boolean {
  const annotated = Object.entries<Json>(tools[params.name]?.inputSchema?.properties ?? {});
  return annotated.every(([name, { "x-mcp-header": header }]) => {
    if (header === undefined) return true;
    const said = headers[`mcp-param-${header.toLowerCase()}`];
    const [, encoded] = /^=\?base64\?(.*)\?=$/.exec(String(said)) ?? [];
    if (encoded !== undefined && Buffer.from(encoded, "base64").toString("base64") !== encoded) return false;
    const value = encoded === undefined ? said : Buffer.from(encoded, "base64").toString();
    return value === params.arguments?.[name];
  });
}

const knownMethods = new Set([
  "server/discover",
  "subscriptions/listen",
  ...["tools/list", "tools/call", "prompts/list", "prompts/get", "completion/complete"],
  ...["resources/list", "resources/templates/list", "resources/read"],
]);

function resultOf(method: string, turn: Turn): Json | Promise<Json> {
  const { params } = turn;
  switch (method) {
    case "server/discover":
      return { supportedVersions: [modernVersion], capabilities: modernCapabilities };
    case "tools/list":
      return {
        tools: Object.entries(tools).map(([name, tool]) => ({
          name,
          inputSchema: plain,
          ...shown(tool),
        })),
      };
    case "tools/call":
      return named(tools, params.name, "tool").handler(turn);
    case "prompts/list":
      return { prompts: Object.entries(prompts).map(([name, prompt]) => ({ name, ...shown(prompt) })) };
    case "prompts/get":
      return named(prompts, params.name, "prompt").handler(turn);
    case "resources/list":
      return { resources: Object.entries(resources).map(([uri, { mimeType }]) => ({ uri, name: uri, mimeType })) };
    case "resources/templates/list":
      return { resourceTemplates: [template] };
    case "resources/read":
      return readResource(params.uri);
    case "completion/complete":
      return { completion: { values: ["paris", "park"], total: 2, hasMore: false } };
    case "ping":
    case "logging/setLevel":
    case "resources/subscribe":
    case "resources/unsubscribe":
      if (!turn.isModern) return {};
  }
  throw new RpcFailure(-32601, "Method not found");
}

/** Without what it does, which JSON has no word for. */
function shown<T extends { handler: unknown }>({ handler: _handler, ...rest }: T): Omit<T, "handler"> {
  return rest;
}

const plain = { type: "object", properties: {} };

function named<T>(all: Record<string, T>, name: string, what: string): T {
  const found = all[name];
  if (!found) throw new RpcFailure(-32602, `Unknown ${what}: ${name}`);
  return found;
}

function failureOf(id: unknown, { code, message, data }: RpcFailure): Json {
  return {
    jsonrpc: "2.0",
    ...(id !== undefined && { id }),
    error: { code, message, ...(data !== undefined && { data }) },
  };
}

function statusOf({ error }: Json): number {
  return error?.code === -32021 ? 400 : 200;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (body === undefined) return void response.writeHead(status).end();
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.flushHeaders();
}

function writeEvent(response: ServerResponse, message: Json, id?: string): void {
  response.write(`event: message\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(message)}\n\n`);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
