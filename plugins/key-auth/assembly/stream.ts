// One request: passed on as its caller's, or turned away.
//
//   headers ─► key or token ─► known, not disabled, not expired ─► from its networks ─► on its routes ─► passed on
//                   │                      │                              │                  │  └─► models: told here
//                  401                    401                            403                404
import {
  encodeHex,
  HeaderList,
  HeadersStatus,
  HttpContext,
  requestHeaders,
  sendLocalResponse,
  sha256,
  Slice,
} from "@weir/sdk/assembly";
import { allowsAny, allowsModel } from "@weir/dialects/surfaces/assembly/allow-list";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { Refusal, unknownUrl } from "@weir/dialects/surfaces/assembly/refusal";
import { Caller } from "./caller";
import { clientFamily, dependsOnCaller, listedModel, listedModels, servingRoutes } from "./envoy-route";
import { filterModels, showsAny } from "./model-list";
import { PresentedKey } from "./presented-key";
import { differentKeys, invalidKey, missingKey, modelNotListed, wrongNetwork } from "./refusals";
import { KeyAuth } from "./root";

const PATH = Slice.of(":path");
const METHOD = Slice.of(":method");
const GET = Slice.of("GET");
const MODELS = Slice.of("/models");
const WEIR = Slice.of("x-weir-");
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
    if (presented.isAmbiguous) return this.stop(differentKeys(presented.placesText));
    if (!presented.value.length) return this.stop(missingKey());
    // A token stands where a key may, so there is none without anything there.
    const bearer = Caller.ofToken(configuration);
    if (bearer) return this.check(bearer);
    const key = configuration.keys.find(encodeHex(sha256(presented.value)));
    return key < 0 ? this.stop(invalidKey()) : this.check(Caller.ofKey(configuration, key));
  }

  private check(caller: Caller): HeadersStatus {
    // Also of one that is turned away: its operator should see which key it was.
    caller.publish();
    if (caller.isDisabled) return this.stop(invalidKey(), "weir_disabled_api_key");
    if (caller.isExpired) return this.stop(invalidKey(), "weir_expired_api_key");
    if (!caller.isInNetwork) return this.stop(wrongNetwork());
    const routes = caller.routes;
    const models = caller.models;
    if (routes.length && !allowsAny(routes, servingRoutes())) return this.stop(unknownUrl(), "weir_route_not_allowed");
    const isForSome = this.path.find(MODELS) >= 0 && this.isGet && dependsOnCaller();
    if (isForSome || routes.length || models.length) {
      const list = listedModels();
      const model = listedModel();
      if (list && !model) return this.answerModels(list, caller);
      const isHidden = model ? !allowsModel(models, model) : false;
      if (isHidden || (list && !showsAny(this.root.tape, list, caller))) {
        return this.stop(modelNotListed(), "weir_model_not_allowed");
      }
    }
    caller.admit();
    return HeadersStatus.Continue;
  }

  private answerModels(list: Slice, caller: Caller): HeadersStatus {
    const body = filterModels(this.root.tape, list, caller, clientFamily(this.path));
    sendLocalResponse(200, JSON_HEADERS, body, "weir_model_list");
    return HeadersStatus.StopIteration;
  }

  /** `details` are for the access log, where they say more than the client is told. */
  private stop(error: Refusal, details: string = "weir_" + error.code): HeadersStatus {
    const family = clientFamily(this.path);
    const headers = error.status == 401 ? CHALLENGE_HEADERS : JSON_HEADERS;
    sendLocalResponse(statusFor(family, error), headers, bodyFor(family, error), details);
    return HeadersStatus.StopIteration;
  }
}

/** Takes away the headers that only the gateway may set, whatever is in front of this plugin. */
function removeOwn(headers: HeaderList): void {
  for (let i = 0, count = headers.length; i < count; ++i) {
    if (headers.nameStartsWith(i, WEIR)) requestHeaders.remove(headers.name(i));
  }
}
