// From a call's arguments to the request that an API gets.
import {
  HeaderList,
  isUtf8,
  JsonKind,
  JsonTape,
  JsonWriter,
  mediaTypeEssence,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { Caller } from "../protocol/caller";
import { RoutedCall } from "../protocol/outcome";
import { Request } from "../protocol/request";
import { writeFormEncoded } from "../template/functions/encodings";
import { Scope } from "../template/run";
import { Template } from "../template/template";
import { CallArguments } from "./arguments";
import { RestServer, Upstream } from "./rest-server";
import { TargetUrl } from "./target-url";
import { Argument, Gathering, Position, RestTool } from "./tool";

const METHOD = Slice.of(":method");
const PATH = Slice.of(":path");
const AUTHORITY = Slice.of(":authority");
const SCHEME = Slice.of(":scheme");
const ACCEPT = Slice.of("accept");
const ANYTHING = Slice.of("*/*");
const COOKIE = Slice.of("cookie");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_LENGTH = Slice.of("content-length");
const AUTHORIZATION = Slice.of("authorization");
const FORM = Slice.of("application/x-www-form-urlencoded");
const JSON_UTF8 = Slice.of("application/json; charset=utf-8");
const TRACEPARENT = Slice.of("traceparent");
const TRACESTATE = Slice.of("tracestate");
/** What is kept of the client's request: nothing that is the client's own. */
const KEPT: StaticArray<Slice> = [SCHEME, Slice.of("x-request-id"), Slice.of("x-forwarded-proto")];
const TRACE: StaticArray<Slice> = [TRACEPARENT, TRACESTATE, Slice.of("baggage")];

/** Builds one request. */
@final
export class RequestBuilder {
  readonly url: TargetUrl = new TargetUrl();
  readonly headers: HeaderList = new HeaderList();
  body: Slice = Slice.empty();
  upstream: Upstream | null = null;
  private readonly cookies: Writer = new Writer();
  private failure: string = "";

  constructor(
    private readonly server: RestServer,
    private readonly tool: RestTool,
    private readonly args: CallArguments,
    private readonly scope: Scope,
  ) {}

  /** Builds it; `credential` is what the client has brought for the API. Returns what is wrong, or nothing. */
  build(request: Request, credential: Slice): string {
    let problem = this.buildUrl();
    if (!problem.length) problem = this.buildHeaders(request);
    if (!problem.length) problem = this.buildArguments();
    if (!problem.length) problem = this.buildBody();
    if (!problem.length) problem = this.authorize(credential, request.caller);
    if (!problem.length) problem = headerProblem(this.headers);
    if (!problem.length) this.complete(request);
    return problem;
  }

  /** Gives what was built to a call. */
  giveTo(call: RoutedCall): void {
    const upstream = this.upstream;
    if (upstream) call.cluster = upstream.cluster;
    call.headers = this.headers;
    call.body = this.body;
  }

  private render(template: Template, what: string): Slice | null {
    const rendered = template.execute(this.scope);
    if (!rendered) this.failure = "the template of the " + what + " has failed: " + template.problem;
    return rendered;
  }

  private buildUrl(): string {
    const template = this.tool.url;
    const rendered = template ? this.render(template, "URL") : null;
    if (!rendered) return this.failure;
    const problem = this.url.read(rendered, this.args);
    if (problem.length) return problem;
    this.upstream = this.server.upstreamOf(this.url.origin);
    return this.upstream ? "" : "the URL leads to a server that is not configured";
  }

  private buildHeaders(request: Request): string {
    const headers = this.tool.headers;
    if (this.server.passesAuthorization && !this.tool.clientSecurity) {
      const own = request.headers.get(AUTHORIZATION);
      if (own) this.headers.add(AUTHORIZATION, own);
    }
    for (let i = 0; i < headers.length; ++i) {
      const value = this.render(headers[i].value, "header " + headers[i].name.toText());
      if (!value) return this.failure;
      // Of a header that is not there nothing is sent.
      if (value.length) this.headers.add(headers[i].name, value.trim());
    }
    return "";
  }

  private buildArguments(): string {
    const args = this.tool.args;
    for (let i = 0; i < args.length; ++i) {
      const node = this.args.find(args[i]);
      if (node < 0 || this.args.tape.kind(node) == JsonKind.Null) continue;
      const text = this.args.textOf(node);
      const isQuery = args[i].position == Position.Default && this.tool.gathering == Gathering.Query;
      if (args[i].position == Position.Query || isQuery) this.addToQuery(args[i], node);
      else if (args[i].position == Position.Header) this.headers.add(lowerCase(args[i].name), text);
      else if (args[i].position == Position.Cookie) this.addCookie(args[i].name, text);
    }
    if (this.cookies.length) this.headers.set(COOKIE, this.allCookies());
    return "";
  }

  private addToQuery(argument: Argument, node: i32): void {
    const tape = this.args.tape;
    const isList = argument.isExploded && tape.kind(node) == JsonKind.Array;
    if (!isList) return this.url.query.set(argument.name, this.args.textOf(node));
    this.url.query.remove(argument.name);
    for (let each = tape.first(node); each >= 0; each = tape.next(each)) {
      this.url.query.add(argument.name, this.args.textOf(each));
    }
  }

  private addCookie(name: Slice, value: Slice): void {
    if (this.cookies.length) this.cookies.text("; ");
    this.cookies.bytes(name).byte(0x3d).bytes(cookieValue(value));
  }

  /** Those that the tool's headers have, and those of arguments behind them. */
  private allCookies(): Slice {
    const known = this.headers.get(COOKIE);
    if (!known) return this.cookies.take();
    return new Writer().bytes(known).text("; ").bytes(this.cookies.toSlice()).take();
  }

  private buildBody(): string {
    const template = this.tool.body;
    if (!template) {
      this.gatherBody();
      return "";
    }
    const rendered = this.render(template, "body");
    if (!rendered) return this.failure;
    this.body = rendered;
    const tape = new JsonTape(0);
    if (this.headers.indexOf(CONTENT_TYPE) < 0 && rendered.length && !tape.scan(rendered)) {
      this.headers.add(CONTENT_TYPE, JSON_UTF8);
    }
    return "";
  }

  /** Arguments with position `body`, and those without one where the tool says so. */
  private gatherBody(): void {
    const gathering = this.tool.gathering;
    const takesDefault = gathering == Gathering.Json || gathering == Gathering.Form;
    const type = this.headers.get(CONTENT_TYPE);
    const isForm =
      gathering == Gathering.Form ||
      (gathering != Gathering.Json && type != null && mediaTypeEssence(type).equalsIgnoreCase(FORM));
    const form = new Writer();
    const json = new JsonWriter(new Writer()).beginObject();
    let count = 0;
    const args = this.tool.args;
    for (let i = 0; i < args.length; ++i) {
      const isTaken = args[i].position == Position.Body || (takesDefault && args[i].position == Position.Default);
      const node = isTaken ? this.args.find(args[i]) : -1;
      if (node < 0) continue;
      ++count;
      if (isForm) addToForm(form, args[i].name, this.args.textOf(node));
      else json.key(args[i].name).raw(this.args.tape.raw(node));
    }
    if (!count && gathering != Gathering.Json) return;
    this.body = isForm ? form.take() : json.endObject().output.take();
    if (!type) this.headers.add(CONTENT_TYPE, isForm ? FORM : JSON_UTF8);
  }

  /** Without a credential that is asked for nothing is sent. */
  private authorize(fromClient: Slice, caller: Caller): string {
    const use = this.tool.upstreamSecurity;
    if (!use) return "";
    const credential = use.credentialFor(fromClient, caller);
    if (!credential.length) return "there is no credential for the API (" + use.scheme.id.toText() + ")";
    use.scheme.giveTo(this.headers, this.url.query, credential);
    return "";
  }

  private complete(request: Request): void {
    const upstream = this.upstream;
    if (!upstream) return;
    const own = this.headers;
    if (own.indexOf(ACCEPT) < 0) own.add(ACCEPT, ANYTHING);
    for (let i = 0; i < KEPT.length; ++i) {
      const value = request.headers.get(KEPT[i]);
      if (value) own.set(KEPT[i], value);
    }
    this.passTrace(request);
    own.set(METHOD, this.tool.method).set(PATH, this.url.requestTarget).set(AUTHORITY, upstream.authority);
    own.set(CONTENT_LENGTH, new Writer().integer(this.body.length).take());
  }

  /** `_meta` says it for this request, headers for the connection's. */
  private passTrace(request: Request): void {
    for (let i = 0; i < TRACE.length; ++i) {
      const tape = request.message.tape;
      const said = tape.text(tape.find(request.message.meta, TRACE[i]));
      const header = request.headers.get(TRACE[i]);
      if (said.length && isHeaderValue(said)) this.headers.set(TRACE[i], said);
      else if (header) this.headers.set(TRACE[i], header);
    }
  }
}

function addToForm(form: Writer, name: Slice, value: Slice): void {
  if (form.length) form.byte(0x26);
  writeFormEncoded(form, name);
  form.byte(0x3d);
  writeFormEncoded(form, value);
}

function lowerCase(name: Slice): Slice {
  return Slice.of(name.toText().toLowerCase());
}

/** A cookie's value ends at a semicolon, so that one in it is escaped, as is whatever else may not be there. */
function cookieValue(value: Slice): Slice {
  const output = new Writer(value.length);
  for (let i = 0; i < value.length; ++i) {
    const byte = value.at(i);
    const isPlain = byte > 0x20 && byte < 0x7f && byte != 0x3b && byte != 0x2c && byte != 0x22 && byte != 0x5c;
    if (isPlain) output.byte(byte);
    else if (byte == 0x20) output.text("%20");
    else writeFormEncoded(output, value.slice(i, i + 1));
  }
  return output.take();
}

/** A line break in a header would begin another one. */
function headerProblem(headers: HeaderList): string {
  for (let i = 0; i < headers.length; ++i) {
    if (!isHeaderValue(headers.value(i))) {
      return "the header " + headers.name(i).toText() + " would have a character that a header cannot carry";
    }
  }
  return "";
}

function isHeaderValue(value: Slice): bool {
  for (let i = 0; i < value.length; ++i) {
    const byte = value.at(i);
    if ((byte < 0x20 && byte != 0x09) || byte == 0x7f) return false;
  }
  return isUtf8(value);
}
