// A resource: something to read, made of a text, of bytes, or of an API's answer.
// https://modelcontextprotocol.io/specification/2025-11-25/server/resources
import { encodeBase64, isUtf8, JsonWriter, mediaTypeEssence, Slice, Writer } from "@weir/sdk/assembly";
import { writeCaching } from "../protocol/lifecycle";
import { RoutedCall, UpstreamAnswer } from "../protocol/outcome";
import { INTERNAL_ERROR, INVALID_PARAMS, RESOURCE_NOT_FOUND, RpcError } from "../protocol/rpc-error";
import { Era } from "../protocol/version";
import { AnswerReader, COMPRESSED, isCompressed, isTextType, readable, wholeCharacters } from "./answer-reader";
import { reasonOf } from "./rest-call";
import { RestTool } from "./tool";
import { UriTemplate } from "./uri-template";

const CONTENTS = Slice.of("contents");
const URI = Slice.of("uri");
const MIME_TYPE = Slice.of("mimeType");
const TEXT = Slice.of("text");
const BLOB = Slice.of("blob");
const CONTENT_TYPE = Slice.of("content-type");
const PLAIN = Slice.of("text/plain");
const OCTETS = Slice.of("application/octet-stream");

/** One resource, or one for each URI of a template. */
@final
export class RestResource {
  /** Null for a single one. */
  template: UriTemplate | null = null;
  /** Base64; empty where it is made of something else. */
  blob: Slice = Slice.empty();
  /** Empty where it is the API's. */
  mimeType: Slice = Slice.empty();

  constructor(
    /** The URI, or the template. */
    readonly uri: Slice,
    readonly source: RestTool,
  ) {}
}

/** What is read of a resource. */
@final
export class ResourceContents {
  constructor(
    private readonly resource: RestResource,
    private readonly uri: Slice,
    private readonly era: Era,
    private readonly isPrivate: bool,
  ) {}

  ofText(text: Slice, ttlMs: i32): Slice {
    return this.write(TEXT, text, this.typeOr(PLAIN), ttlMs);
  }

  ofBlob(base64: Slice, ttlMs: i32): Slice {
    return this.write(BLOB, base64, this.typeOr(OCTETS), ttlMs);
  }

  /** An API's answer as it is. It may have changed when somebody asks again. */
  ofAnswer(answer: UpstreamAnswer): Slice {
    const header = answer.headers.get(CONTENT_TYPE);
    const type = header ? mediaTypeEssence(header) : Slice.empty();
    const isText = isTextType(type) || (!type.length && isUtf8(wholeCharacters(answer)));
    if (isText) return this.write(TEXT, readable(answer), this.typeOr(type.length ? type : PLAIN), 0);
    return this.write(BLOB, encodeBase64(answer.body), this.typeOr(type.length ? type : OCTETS), 0);
  }

  private typeOr(other: Slice): Slice {
    return this.resource.mimeType.length ? this.resource.mimeType : other;
  }

  private write(key: Slice, content: Slice, type: Slice, ttlMs: i32): Slice {
    const json = new JsonWriter(new Writer(content.length + 256)).beginObject().key(CONTENTS).beginArray();
    json.beginObject().key(URI).text(this.uri).key(MIME_TYPE).text(type).key(key).text(content).endObject().endArray();
    if (this.era == Era.Modern) writeCaching(json, ttlMs, this.isPrivate);
    return json.endObject().output.take();
  }

  /** There is no such resource. */
  notFound(): RpcError {
    return resourceNotFound(this.uri, this.era);
  }
}

/** There is none with this URI. */
export function resourceNotFound(uri: Slice, era: Era): RpcError {
  const data = new JsonWriter(new Writer()).beginObject().key(URI).text(uri).endObject().output.take();
  const code = era == Era.Modern ? INVALID_PARAMS : RESOURCE_NOT_FOUND;
  return new RpcError(200, code, "Resource not found", data);
}

/** A resource that is on its way from an API. */
@final
export class ResourceCall extends RoutedCall {
  constructor(
    private readonly source: RestTool,
    private readonly contents: ResourceContents,
    private readonly reader: AnswerReader,
    private readonly bytesMax: i32,
  ) {
    super();
  }

  resultOf(answer: UpstreamAnswer): Slice {
    const body = this.source.responseBody;
    if (answer.status == 404 || answer.status == 410) this.error = this.contents.notFound();
    else if (answer.status < 200 || answer.status > 299) this.fail("The API has answered " + answer.status.toString());
    else if (isCompressed(answer)) this.fail(COMPRESSED);
    else if (answer.isTruncated && (body || !isUtf8(wholeCharacters(answer)))) {
      this.fail("The API's answer is larger than the " + this.bytesMax.toString() + " bytes that are read of one");
    } else if (!body) return this.contents.ofAnswer(answer);
    else {
      const text = body.execute(this.reader.scopeOf(answer));
      if (text) return this.contents.ofText(text, 0);
      this.fail("The template of the resource has failed: " + body.problem);
    }
    return Slice.empty();
  }

  failureOf(status: i32): Slice {
    this.fail(reasonOf(status));
    return Slice.empty();
  }

  private fail(message: string): void {
    this.error = new RpcError(200, INTERNAL_ERROR, message);
  }
}
