// The plugin of the conformance scenarios: its configuration is a script (program.ts) of what to do in which callback.
// Whatever happens to it, and whatever it finds out, it logs: the log is what the two hosts are compared by.
import {
  DataStatus,
  foreignFunctionArguments,
  HeadersStatus,
  HttpContext,
  PeerType,
  registerRoot,
  RootContext,
  Slice,
  TcpContext,
  TcpStatus,
  TrailersStatus,
} from "@weir/sdk/assembly";
import { Actor } from "./actor";
import { Program } from "./program";

export * from "@weir/sdk/assembly/exports/all";

class Root extends RootContext {
  actor: Actor = new Actor(new Program());

  onConfigure(configuration: Slice): bool {
    this.actor = new Actor(Program.parse(configuration.toText()));
    return this.actor.quietly("configure") == 0;
  }

  onTick(): void {
    this.actor.on("tick");
  }

  onQueueReady(_queue: u32): void {
    this.actor.on("queue");
  }

  onForeignFunction(id: u32, size: u32): void {
    this.actor.on("foreign", `${id} "${foreignFunctionArguments.get(0, size).toText()}"`);
  }

  createHttpContext(id: u32): HttpContext | null {
    const operations = this.actor.program.operations;
    const isTcp = operations.length > 0 && operations[0].event == "connection";
    return isTcp ? null : new Stream(id, this.actor.program);
  }

  createTcpContext(id: u32): TcpContext {
    return new Connection(id, this.actor.program);
  }
}

class Stream extends HttpContext {
  private readonly actor: Actor;

  constructor(id: u32, program: Program) {
    super(id);
    this.actor = new Actor(program);
  }

  onRequestHeaders(_count: u32, endOfStream: bool): HeadersStatus {
    this.actor.context = this;
    this.actor.noteHeaders();
    return this.actor.on("requestHeaders", endOfStream ? "end" : "");
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    return this.actor.on(endOfStream ? "requestBodyEnd" : "requestBody", size.toString());
  }

  onRequestTrailers(count: u32): TrailersStatus {
    return this.actor.on("requestTrailers", count.toString());
  }

  onResponseHeaders(_count: u32, endOfStream: bool): HeadersStatus {
    return this.actor.on("responseHeaders", endOfStream ? "end" : "");
  }

  onResponseBody(size: u32, endOfStream: bool): DataStatus {
    return this.actor.on(endOfStream ? "responseBodyEnd" : "responseBody", size.toString());
  }

  onResponseTrailers(count: u32): TrailersStatus {
    return this.actor.on("responseTrailers", count.toString());
  }

  onDone(): bool {
    this.actor.on("done");
    return true;
  }

  onLog(): void {
    this.actor.on("log");
  }

  onDelete(): void {
    this.actor.on("delete");
  }
}

class Connection extends TcpContext {
  private readonly actor: Actor;

  constructor(id: u32, program: Program) {
    super(id);
    this.actor = new Actor(program);
  }

  onNewConnection(): TcpStatus {
    return this.actor.on("connection");
  }

  onDownstreamData(size: u32, endOfStream: bool): TcpStatus {
    return this.actor.on(endOfStream ? "downstreamEnd" : "downstream", size.toString());
  }

  onUpstreamData(size: u32, endOfStream: bool): TcpStatus {
    return this.actor.on(endOfStream ? "upstreamEnd" : "upstream", size.toString());
  }

  onDownstreamClose(peer: PeerType): void {
    this.actor.on("downstreamClose", peer.toString());
  }

  onUpstreamClose(peer: PeerType): void {
    this.actor.on("upstreamClose", peer.toString());
  }

  onDone(): bool {
    this.actor.on("done");
    return true;
  }

  onLog(): void {
    this.actor.on("log");
  }

  onDelete(): void {
    this.actor.on("delete");
  }
}

registerRoot((id) => new Root(id));
