// What a request's body wishes of its targets, in the two forms that clients know:
//   `provider` and `models`      https://openrouter.ai/docs/features/provider-routing
//   `providerOptions.gateway`    https://vercel.com/docs/ai-gateway/provider-options
// No provider is to see them.
import { JsonEdit, JsonKind, JsonTape, Slice, Writer, jsonString } from "@weir/sdk/assembly";
import { MODEL } from "@weir/dialects/surfaces/assembly/request-model";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { notListOfNames, notObject, notPrice, tooManyModels, unsupportedWish } from "./wish-refusals";

const PROVIDER = Slice.of("provider");
const MODELS = Slice.of("models");
const PROVIDER_OPTIONS = Slice.of("providerOptions");
const GATEWAY = Slice.of("gateway");
const ORDER = Slice.of("order");
const ONLY = Slice.of("only");
const IGNORE = Slice.of("ignore");
const ALLOW_FALLBACKS = Slice.of("allow_fallbacks");
/** What would have to be kept and cannot be; as it is said where nothing is wanted. */
const UNSUPPORTED: StaticArray<Slice> = [
  Slice.of("data_collection"),
  Slice.of("zdr"),
  Slice.of("zeroDataRetention"),
  Slice.of("quantizations"),
  Slice.of("require_parameters"),
];
const SORT = Slice.of("sort");
const BY = Slice.of("by");
const PARTITION = Slice.of("partition");
/** As things are anyway: each model's targets are sorted by themselves. */
const OF_MODEL = Slice.of("model");
const PRICE = Slice.of("price");
const COST = Slice.of("cost");
const LATENCY = Slice.of("latency");
const TTFT = Slice.of("ttft");
const THROUGHPUT = Slice.of("throughput");
const TPS = Slice.of("tps");
const MAX_PRICE = Slice.of("max_price");
const PROMPT = Slice.of("prompt");
const COMPLETION = Slice.of("completion");
/** From dollars for a million tokens to pico-dollars a token. */
const picosPerUnit: f64 = 1_000_000;
const ALLOW = Slice.of("allow");

/** Each further model may be a whole chain of attempts. */
const modelsMax: i32 = 16;

/** What a request's targets are sorted by. */
export const enum Sort {
  None = 0,
  Price = 1,
  /** The time to the first token. */
  FirstToken = 2,
  /** Tokens in a time. */
  Throughput = 3,
}

/** The wishes of one request. */
@final
export class Wishes {
  order: Slice[] = [];
  only: Slice[] = [];
  ignore: Slice[] = [];
  allowsFallbacks: bool = true;
  /** What comes first. */
  sort: Sort = Sort.None;
  /** The most that a token may cost, in pico-dollars. */
  inputMax: f64 = Infinity;
  outputMax: f64 = Infinity;
  /** Further models, in order. */
  models: Slice[] = [];
  /** Whether the body has any of the fields. */
  isGiven: bool = false;
  private readonly tape: JsonTape = new JsonTape();

  /** Reads `body`, scanned one level deep. What is wrong with it is returned. */
  read(body: JsonTape): Refusal | null {
    const provider = body.find(body.root, PROVIDER);
    const options = body.find(body.root, PROVIDER_OPTIONS);
    const models = body.find(body.root, MODELS);
    if (provider < 0 && options < 0 && models < 0) return null;
    this.isGiven = true;
    let error = this.readModels(body, models);
    if (!error) error = this.readProvider(body, provider);
    return error ? error : this.readGateway(body, options);
  }

  /** Whether targets are chosen among, or ordered. */
  get hasTargets(): bool {
    const isNamed = this.order.length + this.only.length + this.ignore.length > 0;
    return isNamed || !this.allowsFallbacks || this.sort != Sort.None || this.hasMaxPrice;
  }

  /** Whether a target may cost too much. */
  get hasMaxPrice(): bool {
    return this.inputMax < Infinity || this.outputMax < Infinity;
  }

  private readModels(body: JsonTape, node: i32): Refusal | null {
    if (node < 0 || body.kind(node) == JsonKind.Null) return null;
    const error = this.scan(body, node, "models");
    return error ? error : this.takeModels(this.tape.root, "models");
  }

  private readProvider(body: JsonTape, node: i32): Refusal | null {
    if (node < 0 || body.kind(node) == JsonKind.Null) return null;
    const error = this.scan(body, node, "provider");
    return error ? error : this.readWishes(this.tape.root, "provider");
  }

  private readGateway(body: JsonTape, node: i32): Refusal | null {
    if (node < 0 || body.kind(node) == JsonKind.Null) return null;
    const error = this.scan(body, node, "providerOptions");
    if (error) return error;
    const tape = this.tape;
    if (tape.kind(tape.root) != JsonKind.Object) return notObject("providerOptions");
    const gateway = tape.find(tape.root, GATEWAY);
    if (gateway < 0 || tape.kind(gateway) == JsonKind.Null) return null;
    const wishError = this.readWishes(gateway, "providerOptions.gateway");
    return wishError ? wishError : this.takeModels(tape.find(gateway, MODELS), "providerOptions.gateway.models");
  }

  /** The body is well-formed, so that what cannot be scanned has more values than a wish needs. */
  private scan(body: JsonTape, node: i32, path: string): Refusal | null {
    return this.tape.scan(body.raw(node)) ? notListOfNames(path) : null;
  }

  private readWishes(node: i32, path: string): Refusal | null {
    const tape = this.tape;
    if (tape.kind(node) != JsonKind.Object) return notObject(path);
    for (let i = 0; i < UNSUPPORTED.length; ++i) {
      if (this.asksFor(tape.find(node, UNSUPPORTED[i]))) return unsupportedWish(path + "." + UNSUPPORTED[i].toText());
    }
    const sortError = this.readSort(tape.find(node, SORT), path + ".sort");
    if (sortError) return sortError;
    const priceError = this.readMaxPrice(tape.find(node, MAX_PRICE), path + ".max_price");
    if (priceError) return priceError;
    let error = this.readNames(tape.find(node, ORDER), this.order, path + ".order");
    if (!error) error = this.readNames(tape.find(node, ONLY), this.only, path + ".only");
    if (!error) error = this.readNames(tape.find(node, IGNORE), this.ignore, path + ".ignore");
    if (tape.kind(tape.find(node, ALLOW_FALLBACKS)) == JsonKind.False) this.allowsFallbacks = false;
    return error;
  }

  /** A word, or an object whose `by` is one. */
  private readSort(node: i32, path: string): Refusal | null {
    const tape = this.tape;
    if (tape.kind(node) == JsonKind.Object) {
      const partition = tape.find(node, PARTITION);
      if (this.asksFor(partition) && !tape.equals(partition, OF_MODEL)) return unsupportedWish(path + ".partition");
      return this.readSort(tape.find(node, BY), path + ".by");
    }
    if (tape.equals(node, PRICE) || tape.equals(node, COST)) this.sort = Sort.Price;
    else if (tape.equals(node, LATENCY) || tape.equals(node, TTFT)) this.sort = Sort.FirstToken;
    else if (tape.equals(node, THROUGHPUT) || tape.equals(node, TPS)) this.sort = Sort.Throughput;
    else if (this.asksFor(node)) return unsupportedWish(path);
    return null;
  }

  /** Prices of anything but tokens are no matter here. */
  private readMaxPrice(node: i32, path: string): Refusal | null {
    const tape = this.tape;
    const kind = tape.kind(node);
    if (kind == JsonKind.Missing || kind == JsonKind.Null) return null;
    if (kind != JsonKind.Object) return notObject(path);
    this.inputMax = this.readPrice(tape.find(node, PROMPT));
    this.outputMax = this.readPrice(tape.find(node, COMPLETION));
    return isNaN(this.inputMax) || isNaN(this.outputMax) ? notPrice(path) : null;
  }

  private readPrice(node: i32): f64 {
    const kind = this.tape.kind(node);
    if (kind == JsonKind.Missing || kind == JsonKind.Null) return Infinity;
    const price = kind == JsonKind.Number ? this.tape.number(node) : NaN;
    return price >= 0 ? price * picosPerUnit : NaN;
  }

  private asksFor(node: i32): bool {
    const tape = this.tape;
    const kind = tape.kind(node);
    if (kind == JsonKind.Missing || kind == JsonKind.Null || kind == JsonKind.False) return false;
    return !tape.equals(node, ALLOW);
  }

  private takeModels(node: i32, path: string): Refusal | null {
    const error = this.readNames(node, this.models, path);
    return !error && this.models.length > modelsMax ? tooManyModels(path, modelsMax) : error;
  }

  private readNames(node: i32, names: Slice[], path: string): Refusal | null {
    const tape = this.tape;
    const kind = tape.kind(node);
    if (kind == JsonKind.Missing || kind == JsonKind.Null) return null;
    if (kind != JsonKind.Array) return notListOfNames(path);
    for (let item = tape.first(node); item >= 0; item = tape.next(item)) {
      const name = tape.text(item);
      if (tape.kind(item) != JsonKind.String || !name.length) return notListOfNames(path);
      if (names.length <= modelsMax) names.push(name.copy());
    }
    return null;
  }
}

/** The body without any wish, and with `model` where it names none. */
export function bodyWithoutWishes(body: JsonTape, model: Slice): Slice {
  const edit = new JsonEdit(body);
  edit.remove(body.root, PROVIDER);
  edit.remove(body.root, MODELS);
  edit.remove(body.root, PROVIDER_OPTIONS);
  if (model.length) {
    const quoted = new Writer(model.length + 2);
    jsonString(quoted, model);
    edit.set(body.root, MODEL, quoted.take());
  }
  return edit.apply();
}
