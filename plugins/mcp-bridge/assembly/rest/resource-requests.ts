// resources/read: which resource a URI names, and what is read of it. And subscriptions, which are taken and never
// heard of again: nobody tells the gateway that something at an API has changed.
// https://modelcontextprotocol.io/specification/2025-11-25/server/resources
import { JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { RESOURCES } from "../protocol/listing";
import { Outcome } from "../protocol/outcome";
import { Request } from "../protocol/request";
import { RpcError } from "../protocol/rpc-error";
import { AnswerReader } from "./answer-reader";
import { Preparation } from "./preparation";
import { RequestBuilder } from "./request-builder";
import { ResourceCall, ResourceContents, resourceNotFound, RestResource } from "./resource";
import { RestServer } from "./rest-server";

const URI = Slice.of("uri");
const NOTHING = Slice.of("{}");

/** A resource that was found, and what its template's variables are. */
@final
class Found {
  constructor(
    readonly resource: RestResource,
    /** A JSON object. */
    readonly variables: Slice,
  ) {}
}

/** resources/read */
export function readResource(server: RestServer, request: Request): Outcome {
  const uri = uriOf(request);
  if (!uri) return Outcome.ofError(RpcError.params("uri must be a string"));
  const found = find(server, uri);
  if (!found || !request.mayUse(RESOURCES, found.resource.uri)) {
    const refusal = found ? request.rights.refusalOf(RESOURCES, found.resource.uri) : null;
    return Outcome.ofError(refusal ? refusal : resourceNotFound(uri, request.speech.era));
  }
  return new ResourceRead(server, request, found.resource, uri).read(found.variables);
}

/** One of them. */
@final
class ResourceRead {
  private readonly contents: ResourceContents;
  private readonly preparation: Preparation;

  constructor(
    private readonly server: RestServer,
    private readonly request: Request,
    private readonly resource: RestResource,
    uri: Slice,
  ) {
    const isPrivate = server.settings.isPrivate || request.isNarrowed || resource.source.clientSecurity != null;
    this.contents = new ResourceContents(resource, uri, request.speech.era, isPrivate);
    this.preparation = new Preparation(server, resource.source, request);
  }

  read(variables: Slice): Outcome {
    const tape = new JsonTape();
    tape.scan(variables);
    const ended = this.preparation.prepare(tape, tape.root);
    if (ended) return ended;
    return this.resource.source.url ? this.call() : this.answerDirectly();
  }

  private answerDirectly(): Outcome {
    const ttlMs = this.server.settings.listTtlMs;
    const resource = this.resource;
    if (resource.blob.length) return Outcome.ofResult(this.contents.ofBlob(resource.blob, ttlMs));
    const template = resource.source.responseBody;
    const text = template ? template.execute(this.preparation.scope) : Slice.empty();
    if (text) return Outcome.ofResult(this.contents.ofText(text, ttlMs));
    return resource.source.failed("The resource's template has failed" + (template ? ": " + template.problem : ""));
  }

  private call(): Outcome {
    const source = this.resource.source;
    const builder = new RequestBuilder(this.server, source, this.preparation.args, this.preparation.scope);
    const mistake = builder.build(this.request, this.preparation.credential);
    if (mistake.length) return source.failed("The API was not asked: " + mistake);
    const args = this.preparation.args.json;
    const reader = new AnswerReader(this.server, source, args, this.server.world, this.request.speech.era);
    const bytesMax = this.server.settings.responseBytesMax;
    const call = new ResourceCall(source, this.contents, reader, bytesMax);
    builder.giveTo(call);
    return Outcome.ofCall(call);
  }
}

/** resources/subscribe and resources/unsubscribe */
export function subscribe(server: RestServer, request: Request): Outcome {
  const uri = uriOf(request);
  if (!uri) return Outcome.ofError(RpcError.params("uri must be a string"));
  const found = find(server, uri);
  const isThere = found != null && request.mayUse(RESOURCES, found.resource.uri);
  return isThere ? Outcome.ofResult(NOTHING) : Outcome.ofError(resourceNotFound(uri, request.speech.era));
}

function uriOf(request: Request): Slice | null {
  const tape = request.message.tape;
  const node = request.message.param(URI);
  return tape.kind(node) == JsonKind.String ? tape.text(node) : null;
}

/** Single ones come before templates, and each before those behind it. */
function find(server: RestServer, uri: Slice): Found | null {
  const resources = server.resources;
  for (let i = 0; i < resources.length; ++i) {
    if (!resources[i].template && resources[i].uri.equals(uri)) return new Found(resources[i], NOTHING);
  }
  for (let i = 0; i < resources.length; ++i) {
    const template = resources[i].template;
    const variables = template ? template.match(uri) : null;
    if (variables) return new Found(resources[i], variables);
  }
  return null;
}
