// Operations that call out, and the events of their answers.
import {
  calloutHeaders,
  GrpcCall,
  GrpcMethod,
  GrpcStream,
  HttpCallout,
  logInfo,
  Slice,
  Status,
} from "@weir/sdk/assembly";
import { Actor } from "./actor";
import { headersFrom } from "./headers";
import { report } from "./perform";
import { Operation } from "./program";

const streams = new Map<string, ScriptStream>();

export function performCallout(operation: Operation, actor: Actor): bool {
  const verb = operation.verb;
  if (verb == "call") call(operation, actor);
  else if (verb == "grpcCall") grpcCall(operation, actor);
  else if (verb == "streamOpen") streamOpen(operation, actor);
  else if (verb == "streamSend") send(operation, false);
  else if (verb == "streamSendLast") send(operation, true);
  else if (verb == "streamClose") report(operation, stream(operation).close());
  else if (verb == "streamCancel") report(operation, stream(operation).cancel());
  else return false;
  return true;
}

/** call <cluster> <headers> <timeout in ms> <body>: then the event `reply` happens. */
function call(operation: Operation, actor: Actor): void {
  const callout = new ScriptCallout(actor);
  const headers = headersFrom(operation.word(1));
  const timeoutMs = I32.parseInt(operation.word(2));
  const status = callout.send(operation.word(0), headers, Slice.of(operation.text(3)), timeoutMs);
  if (status != Status.Ok) logInfo(`call refused ${status}`);
}

class ScriptCallout extends HttpCallout {
  constructor(private readonly actor: Actor) {
    super();
  }

  onReply(status: i32, headerCount: u32, body: Slice): void {
    const type = calloutHeaders.getText("content-type");
    this.actor.on("reply", `${status} ${type === null ? "-" : type} "${body.toText()}"`);
  }
}

/** grpcCall <cluster> <service/method> <timeout in ms> <message>: then the event `grpcReply` happens. */
function grpcCall(operation: Operation, actor: Actor): void {
  const name = operation.word(1).split("/");
  const method = new GrpcMethod(operation.word(0), name[0], name[1]);
  const timeoutMs = I32.parseInt(operation.word(2));
  const status = new ScriptGrpcCall(actor).send(method, Slice.of(operation.text(3)), timeoutMs);
  if (status != Status.Ok) logInfo(`grpc call refused ${status}`);
}

class ScriptGrpcCall extends GrpcCall {
  constructor(private readonly actor: Actor) {
    super();
  }

  onReply(code: u32, message: Slice): void {
    this.actor.on("grpcReply", `${code} "${message.toText()}"`);
  }
}

/**
 * streamOpen <name> <cluster> <service/method>: then streamMetadata, streamMessage, streamTrailers, streamEnd happen.
 */
function streamOpen(operation: Operation, actor: Actor): void {
  const name = operation.word(2).split("/");
  const opened = new ScriptStream(actor);
  opened.metadata = headersFrom("x-from=script");
  const status = opened.open(new GrpcMethod(operation.word(1), name[0], name[1]));
  if (status == Status.Ok) streams.set(operation.word(0), opened);
  else logInfo(`stream refused ${status}`);
}

function stream(operation: Operation): ScriptStream {
  return streams.get(operation.word(0));
}

function send(operation: Operation, endOfStream: bool): void {
  report(operation, stream(operation).send(Slice.of(operation.text(1)), endOfStream));
}

class ScriptStream extends GrpcStream {
  constructor(private readonly actor: Actor) {
    super();
  }

  onInitialMetadata(_count: u32): void {
    this.actor.on("streamMetadata");
  }

  onMessage(message: Slice): void {
    this.actor.on("streamMessage", `"${message.toText()}"`);
  }

  onTrailingMetadata(_count: u32): void {
    this.actor.on("streamTrailers");
  }

  onClose(code: u32, message: Slice): void {
    this.actor.on("streamEnd", `${code} "${message.toText()}"`);
  }
}
