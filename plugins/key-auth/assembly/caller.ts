// A consumer with the key that it has, or with a token: what it may do, and how others learn of it.
import { getProperty, JsonTape, nowMs, propertyPath, requestHeaders, setProperty, Slice } from "@weir/sdk/assembly";
import { ALLOWED_MODELS, ALLOWED_ROUTES, lineAt } from "@weir/dialects/surfaces/assembly/allow-list";
import { Configuration } from "./configuration";
import { Bearer } from "./issuer";
import { KeyFields } from "./key-fields";
import { Address, Network } from "@weir/sdk/assembly/bytes/network";

const CONSUMER_HEADER = Slice.of("x-weir-consumer");
const CONSUMER_STATE = Slice.of("weir.consumer");
const KEY_STATE = Slice.of("weir.key");
const ORGANIZATION_STATE = Slice.of("weir.organization");
const TEAM_STATE = Slice.of("weir.team");
const USER_STATE = Slice.of("weir.user");
const PEER = propertyPath("source", "address");

/** Who calls. */
@final
export class Caller {
  private constructor(
    private readonly tape: JsonTape,
    /** The consumer's node; −1 for one that only a token knows. */
    private readonly consumer: i32,
    /** The key's node; −1 for none. */
    private readonly key: i32,
    private readonly bearer: Bearer | null,
  ) {}

  /** Who has the key at this node. */
  static ofKey(configuration: Configuration, key: i32): Caller {
    const tape = configuration.tape;
    const consumer = configuration.consumers[<i32>tape.integer(tape.find(key, KeyFields.CONSUMER))];
    return new Caller(tape, consumer, key, null);
  }

  /** Whose token it is; null where the request has none. A consumer of the same name lends its limits. */
  static ofToken(configuration: Configuration): Caller | null {
    const issuers = configuration.issuers;
    for (let i = 0; i < issuers.length; ++i) {
      const bearer = issuers[i].bearer();
      if (!bearer) continue;
      const name = bearer.name.toText();
      const known = configuration.consumersByName;
      return new Caller(configuration.tape, known.has(name) ? known.get(name) : -1, -1, bearer);
    }
    return null;
  }

  /** Where the limits are: a key has those of its consumer too. */
  private get limits(): i32 {
    return this.key < 0 ? this.consumer : this.key;
  }

  get name(): Slice {
    const bearer = this.bearer;
    return bearer ? bearer.name : this.tape.text(this.tape.find(this.consumer, KeyFields.NAME));
  }

  get organization(): Slice {
    const bearer = this.bearer;
    return this.field(KeyFields.ORGANIZATION, bearer ? bearer.organization : Slice.empty());
  }

  get team(): Slice {
    const bearer = this.bearer;
    return this.field(KeyFields.TEAM, bearer ? bearer.team : Slice.empty());
  }

  get isDisabled(): bool {
    return this.tape.isTrue(this.tape.find(this.key, KeyFields.DISABLED));
  }

  get isExpired(): bool {
    const expires = this.tape.find(this.key, KeyFields.EXPIRES_MS);
    return expires >= 0 && nowMs() >= <u64>this.tape.integer(expires);
  }

  /** Patterns, one on each line; none for every model. */
  get models(): Slice {
    return this.tape.text(this.tape.find(this.limits, KeyFields.MODELS));
  }

  /** Names, one on each line; none for every route. */
  get routes(): Slice {
    return this.tape.text(this.tape.find(this.limits, KeyFields.ROUTES));
  }

  /** Whether the client's address, as Envoy knows it, is one that the key may be used from. */
  get isInNetwork(): bool {
    const networks = this.tape.text(this.tape.find(this.limits, KeyFields.NETWORKS));
    if (!networks.length) return true;
    const peer = getProperty(PEER);
    const address = peer ? Address.ofPeer(peer) : null;
    if (!address) return false;
    for (let from = 0; from < networks.length;) {
      const line = lineAt(networks, from);
      const network = Network.parse(line);
      if (network && network.holds(address)) return true;
      from += line.length + 1;
    }
    return false;
  }

  /** For the access log and for other plugins: filter state `weir.consumer` and so on. */
  publish(): void {
    const bearer = this.bearer;
    setProperty(CONSUMER_STATE, this.name);
    if (this.key >= 0) setProperty(KEY_STATE, this.tape.text(this.tape.find(this.key, KeyFields.NAME)));
    publishField(ORGANIZATION_STATE, this.organization);
    publishField(TEAM_STATE, this.team);
    publishField(USER_STATE, this.field(KeyFields.USER, bearer ? bearer.user : Slice.empty()));
  }

  /** Lets the request go on as this caller's. */
  admit(): void {
    requestHeaders.set(CONSUMER_HEADER, this.name);
    const models = this.models;
    const routes = this.routes;
    if (models.length) setProperty(ALLOWED_MODELS, models);
    if (routes.length) setProperty(ALLOWED_ROUTES, routes);
  }

  /** What a token tells comes before what the configuration does. */
  private field(field: Slice, told: Slice): Slice {
    return told.length ? told : this.tape.text(this.tape.find(this.consumer, field));
  }
}

function publishField(state: Slice, value: Slice): void {
  if (value.length) setProperty(state, value);
}
