// One request: passed on as its caller's, or turned away.
//
//   key, token or signature ─► known, not disabled, not expired ─► from its networks ─► on its routes ─► passed on
//             │                      │                              │                  │  └─► models: told here
//            401                    401                            403                404
import {
  encodeHex,
  DataStatus,
  HeaderList,
  HeadersStatus,
  HttpContext,
  requestBody,
  requestHeaders,
  sendLocalResponse,
  sha256,
  Slice,
  TrailersStatus,
  Writer,
} from "@weir/sdk/assembly";
import { allowsAny, allowsModel } from "@weir/dialects/surfaces/assembly/allow-list";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { Refusal, unknownUrl } from "@weir/dialects/surfaces/assembly/refusal";
import { Caller } from "./caller";
import { challenge, clientFamily, dependsOnCaller, listedModel, listedModels, servingRoutes } from "./envoy-route";
import { filterModels, showsAny } from "./model-list";
import { PresentedKey } from "./presented-key";
import { SignedRequest } from "./signature/signed-request";
import { differentKeys, invalidKey, missingKey, modelNotListed, wrongNetwork } from "./refusals";
import { KeyAuth } from "./root";

const PATH = Slice.of(":path");
const METHOD = Slice.of(":method");
const AUTHORITY = Slice.of(":authority");
const FORWARDED_SCHEME = Slice.of("x-forwarded-proto");
const AUTHENTICATE = Slice.of("www-authenticate");
const SLASH: u8 = 0x2f;
const GET = Slice.of("GET");
const MODELS = Slice.of("/models");
const WEIR = Slice.of("x-weir-");
const HINT = Slice.of("x-ca-error-message");
const JSON_HEADERS = new HeaderList().addText("content-type", "application/json");
// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1: a 401 has to say how to do better.
const CHALLENGE_HEADERS = new HeaderList()
  .addText("content-type", "application/json")
  .addText("www-authenticate", "Bearer");

/** The context of one request. */
@final
export class AuthStream extends HttpContext {
  private path: Slice = Slice.empty();
  private isGet: bool = false;
  /** A request whose body is waited for. */
  private held: SignedRequest | null = null;

  constructor(
    id: u32,
    private readonly root: KeyAuth,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const headers = requestHeaders.all();
    removeOwn(headers);
    const path = headers.get(PATH);
    if (path) this.path = path;
    const method = headers.get(METHOD);
    this.isGet = method ? method.equals(GET) : false;
    const configuration = this.root.configuration;
    const presented = new PresentedKey(headers, this.path, configuration);
    const bare = presented.path;
    if (bare) requestHeaders.set(PATH, bare);
    const signed = SignedRequest.of(configuration, headers, this.path);
    if (signed) return this.checkSigned(signed, presented, endOfStream);
    if (presented.isAmbiguous) return this.stop(differentKeys(presented.placesText));
    if (!presented.value.length) return this.stop(missingKey());
    // A token stands where a key may, so there is none without anything there.
    const bearer = Caller.ofToken(configuration);
    if (bearer) return toHeadersStatus(this.check(bearer));
    const key = configuration.keys.find(encodeHex(sha256(presented.value)));
    if (key < 0) return this.stop(invalidKey());
    return toHeadersStatus(this.check(Caller.ofKey(configuration, key)));
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    const signed = this.held;
    if (!signed) return DataStatus.Continue;
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    return this.checkSignedBody(signed, size) ? DataStatus.Continue : DataStatus.StopIterationNoBuffer;
  }

  onRequestTrailers(count: u32): TrailersStatus {
    const signed = this.held;
    if (!signed || this.checkSignedBody(signed, requestBody.length)) return TrailersStatus.Continue;
    return TrailersStatus.StopIteration;
  }

  private checkSigned(signed: SignedRequest, presented: PresentedKey, endOfStream: bool): HeadersStatus {
    if (presented.value.length) return this.stop(differentKeys(presented.placesText + ", " + signed.place));
    const error = signed.checkHeaders(endOfStream);
    if (error) return this.stopSigned(error, signed, Slice.empty());
    if (signed.needsBody(endOfStream)) {
      this.held = signed;
      return HeadersStatus.StopIteration;
    }
    const digestError = endOfStream ? signed.checkBody(Slice.empty()) : null;
    if (digestError) return this.stop(digestError);
    return toHeadersStatus(this.admitSigned(signed));
  }

  /** Whether the request, the whole body of which is here, may go on. */
  private checkSignedBody(signed: SignedRequest, size: u32): bool {
    this.held = null;
    const body = requestBody.borrow(0, size);
    const error = signed.checkBody(body);
    if (!error) return this.admitSigned(signed);
    this.stopSigned(error, signed, body);
    return false;
  }

  private stopSigned(error: Refusal, signed: SignedRequest, body: Slice): HeadersStatus {
    const details = signed.signer < 0 ? "weir_unknown_key_id" : "weir_" + error.code;
    const hint = signed.hint(error, body);
    if (!hint.length) return this.stop(error, details);
    const family = clientFamily(this.path);
    const headers = new HeaderList().addText("content-type", "application/json").add(HINT, hint);
    sendLocalResponse(statusFor(family, error), headers, bodyFor(family, error), details);
    return HeadersStatus.StopIteration;
  }

  private admitSigned(signed: SignedRequest): bool {
    const caller = Caller.ofKey(signed.configuration, signed.signer);
    const error = signed.useNonce();
    if (error) {
      caller.publish();
      this.stop(error);
      return false;
    }
    signed.removeFromHeaders();
    return this.check(caller);
  }

  /** Whether the caller's request may go on. */
  private check(caller: Caller): bool {
    // Also of one that is turned away: its operator should see which key it was.
    caller.publish();
    if (caller.isDisabled) return this.refuse(invalidKey(), "weir_disabled_api_key");
    if (caller.isExpired) return this.refuse(invalidKey(), "weir_expired_api_key");
    if (!caller.isInNetwork) return this.refuse(wrongNetwork());
    const routes = caller.routes;
    const models = caller.models;
    if (routes.length && !allowsAny(routes, servingRoutes())) {
      return this.refuse(unknownUrl(), "weir_route_not_allowed");
    }
    const isLimited = routes.length > 0 || models.length > 0;
    // Lists of models are got; of anything else the route tells none.
    if (this.isGet && (isLimited || (this.path.find(MODELS) >= 0 && dependsOnCaller()))) {
      const list = listedModels();
      const model = listedModel();
      if (list && !model) return this.answerModels(list, caller);
      const isHidden = model ? !allowsModel(models, model) : false;
      if (isHidden || (list && !showsAny(this.root.tape, list, caller))) {
        return this.refuse(modelNotListed(), "weir_model_not_allowed");
      }
    }
    caller.admit();
    return true;
  }

  private answerModels(list: Slice, caller: Caller): bool {
    const body = filterModels(this.root.tape, list, caller, clientFamily(this.path));
    sendLocalResponse(200, JSON_HEADERS, body, "weir_model_list");
    return false;
  }

  private refuse(error: Refusal, details: string = "weir_" + error.code): bool {
    this.stop(error, details);
    return false;
  }

  /** `details` are for the access log, where they say more than the client is told. */
  private stop(error: Refusal, details: string = "weir_" + error.code): HeadersStatus {
    const family = clientFamily(this.path);
    sendLocalResponse(statusFor(family, error), headersOf(error), bodyFor(family, error), details);
    return HeadersStatus.StopIteration;
  }
}

/** https://www.rfc-editor.org/rfc/rfc9728#section-5.1: where there is an issuer of tokens, a refusal says so. */
function headersOf(error: Refusal): HeaderList {
  const told = error.status == 401 || error.status == 403 ? challenge() : null;
  if (!told) return error.status == 401 ? CHALLENGE_HEADERS : JSON_HEADERS;
  const output = new Writer().text('Bearer resource_metadata="');
  if (told.at(0) == SLASH) output.bytes(origin());
  const headers = new HeaderList().addText("content-type", "application/json");
  return headers.add(AUTHENTICATE, output.bytes(told).take());
}

/** The gateway's, as the client has seen it, whoever ends its TLS. */
function origin(): Slice {
  const scheme = requestHeaders.get(FORWARDED_SCHEME);
  const host = requestHeaders.get(AUTHORITY);
  if (!scheme || !host) return Slice.empty();
  return new Writer().bytes(scheme).text("://").bytes(host).take();
}

function toHeadersStatus(goesOn: bool): HeadersStatus {
  return goesOn ? HeadersStatus.Continue : HeadersStatus.StopIteration;
}

/** Takes away the headers that only the gateway may set, whatever is in front of this plugin. */
function removeOwn(headers: HeaderList): void {
  for (let i = 0, count = headers.length; i < count; ++i) {
    if (headers.nameStartsWith(i, WEIR)) requestHeaders.remove(headers.name(i));
  }
}
