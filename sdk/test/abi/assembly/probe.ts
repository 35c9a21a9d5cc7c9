// A plugin that tells what it is called with, by log lines, and does what the header `x-do` says. Its tests play the
// host themselves, so that they can do what no real host does.
import {
  calloutHeaders,
  callForeignFunction,
  clearRouteCache,
  closeRequest,
  continueRequest,
  Counter,
  effectiveContextId,
  environment,
  Gauge,
  getIntegerProperty,
  getProperty,
  getTextProperty,
  GrpcCall,
  GrpcMethod,
  GrpcStream,
  HeaderList,
  HeadersStatus,
  Histogram,
  HttpCallout,
  HttpContext,
  logDebug,
  logInfo,
  nowNanos,
  propertyPath,
  randomNumber,
  registerRoot,
  requestBody,
  requestHeaders,
  RootContext,
  sendLocalResponse,
  setProperty,
  setTickPeriodMs,
  sharedData,
  SharedQueue,
  Slice,
  TcpContext,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/all";

const command = Slice.of("x-do");
const method = new GrpcMethod("cluster", "service", "method");
const counter = new Counter("counter");
const gauge = new Gauge("gauge");
const histogram = new Histogram("histogram");

function tell(what: string): void {
  logInfo(effectiveContextId().toString() + " " + what);
}

class Root extends RootContext {
  kept: ArrayBuffer[] = [];
  configuration: string = "";

  constructor(
    id: u32,
    readonly name: string,
  ) {
    super(id);
  }

  onVmStart(configuration: Slice): bool {
    tell(this.name + " vm start " + configuration.toText());
    return true;
  }

  onConfigure(configuration: Slice): bool {
    this.configuration = configuration.toText();
    tell(this.name + " configure " + this.configuration);
    // So many KiB stay alive for as long as the plugin does.
    if (this.configuration.startsWith("keep ")) {
      for (let i = I32.parseInt(this.configuration.slice(5)); i > 0; i--) this.kept.push(new ArrayBuffer(1024));
    }
    return this.configuration != "wrong";
  }

  onTick(): void {
    tell("tick of " + this.configuration);
  }

  onDone(): bool {
    return this.configuration != "linger";
  }

  createHttpContext(id: u32): HttpContext | null {
    return this.configuration == "none" || this.configuration == "tcp" ? null : new Stream(id, this);
  }

  createTcpContext(id: u32): TcpContext | null {
    return this.configuration == "tcp" ? new Connection(id) : null;
  }
}

class Connection extends TcpContext {
  onDownstreamClose(peer: i32): void {
    tell("closed");
  }
}

class Stream extends HttpContext {
  constructor(
    id: u32,
    private readonly root: Root,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const todo = requestHeaders.get(command);
    if (todo) this.act(todo.toText());
    return HeadersStatus.Continue;
  }

  private act(todo: string): void {
    if (todo == "http") tell("sent " + sendHttp(new Call()).toString());
    else if (todo == "http as root") tell("sent " + sendHttp(callOf(this.root.id)).toString());
    else if (todo == "http twice") sendTwice();
    else if (todo == "grpc") new Question().send(method, Slice.empty(), 0);
    else if (todo == "grpc stream") new Talk().open(method);
    else if (todo == "answer") this.answer();
    else if (todo == "echo headers") tell("replaced " + requestHeaders.replaceAll(requestHeaders.all()).toString());
    else if (todo == "body") tell("body of " + requestBody.get(0, i32.MAX_VALUE).length.toString());
    else if (todo == "everything") useEverything();
    else if (todo == "trap") assert(false, "asked to");
    else tell("does " + todo + " as " + this.root.configuration);
  }

  private answer(): void {
    // Garbage enough to be due for collection, and more after it to overwrite what was collected by mistake.
    const before = numbers("before ");
    sendLocalResponse(200, null, Slice.empty());
    const after = numbers("after ");
    let intact = 0;
    for (let i = 0; i < before.length; i++) {
      if (before[i] == "before " + i.toString() && after[i] == "after " + i.toString()) intact++;
    }
    tell("answered, " + intact.toString() + " intact");
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    tell("response headers");
    return HeadersStatus.Continue;
  }

  onLog(): void {
    tell("log");
  }

  onDelete(): void {
    tell("delete");
  }
}

class Call extends HttpCallout {
  onReply(status: i32, headerCount: u32, body: Slice): void {
    tell("reply " + status.toString() + " " + body.toText());
    if (calloutHeaders.getText("x-again")) sendHttp(new Call());
  }

  onAbandoned(): void {
    tell("abandoned");
  }
}

class Question extends GrpcCall {
  onReply(code: u32, message: Slice): void {
    tell("grpc reply " + code.toString() + " " + message.toText());
  }

  onAbandoned(): void {
    tell("grpc abandoned");
  }
}

class Talk extends GrpcStream {
  onMessage(message: Slice): void {
    tell("grpc message " + message.toText());
  }

  onClose(code: u32, message: Slice): void {
    tell("grpc close " + code.toString());
  }
}

function sendHttp(call: Call): u32 {
  return call.send("cluster", new HeaderList().addText(":path", "/"), Slice.empty(), 0);
}

function sendTwice(): void {
  const call = new Call();
  tell("sent " + sendHttp(call).toString() + " and " + sendHttp(call).toString());
}

function callOf(ownerId: u32): Call {
  const call = new Call();
  call.ownerId = ownerId;
  return call;
}

function numbers(prefix: string): string[] {
  const all = new Array<string>();
  for (let i = 0; i < 20000; i++) all.push(prefix + i.toString());
  return all;
}

/** Each host call once, whatever it answers. */
function useEverything(): void {
  const key = Slice.of("key");
  requestHeaders.add(key, key);
  requestHeaders.set(key, key);
  requestHeaders.remove(key);
  requestHeaders.replaceAll(requestHeaders.all());
  requestHeaders.byteSize();
  requestBody.append(requestBody.get(0, requestBody.length));
  requestBody.prepend(key);
  requestBody.replace(key);
  getProperty(propertyPath("a", "b"));
  getTextProperty(key);
  getIntegerProperty(key);
  setProperty(key, key);
  sharedData.add(key, 1);
  const queue = SharedQueue.register("queue");
  if (queue) queue.enqueue(key);
  if (queue) queue.dequeue();
  SharedQueue.resolve("", "queue");
  counter.increment();
  gauge.add(-1);
  gauge.record(gauge.value);
  histogram.record(1);
  callForeignFunction("function", key);
  clearRouteCache();
  setTickPeriodMs(1);
  logDebug(nowNanos().toString() + randomNumber().toString());
  environment("NAME");
  sendHttp(new Call());
  new Question().send(method, key, 1);
  const talk = new Talk();
  talk.open(method);
  talk.send(key);
  talk.close();
  talk.cancel();
  continueRequest();
  closeRequest();
  tell("used everything");
}

registerRoot((id) => new Root(id, "first"));
registerRoot((id) => new Root(id, "other"), "other");
