// A key that was found, with its consumer: what it may do, and how others learn of it.
import { getProperty, JsonTape, nowMs, propertyPath, requestHeaders, setProperty, Slice } from "@weir/sdk/assembly";
import { ALLOWED_MODELS, ALLOWED_ROUTES, lineAt } from "@weir/dialects/surfaces/assembly/allow-list";
import { Configuration } from "./configuration";
import { KeyFields } from "./key-fields";
import { Address, Network } from "./network";

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
  private readonly tape: JsonTape;
  private readonly consumer: i32;

  constructor(
    configuration: Configuration,
    /** The key's node. */
    private readonly key: i32,
  ) {
    this.tape = configuration.tape;
    this.consumer = configuration.consumers[<i32>this.tape.integer(this.tape.find(key, KeyFields.CONSUMER))];
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
    return this.tape.text(this.tape.find(this.key, KeyFields.MODELS));
  }

  /** Names, one on each line; none for every route. */
  get routes(): Slice {
    return this.tape.text(this.tape.find(this.key, KeyFields.ROUTES));
  }

  /** Whether the client's address, as Envoy knows it, is one that the key may be used from. */
  get isInNetwork(): bool {
    const networks = this.tape.text(this.tape.find(this.key, KeyFields.NETWORKS));
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
    const consumer = this.consumer;
    setProperty(KEY_STATE, this.tape.text(this.tape.find(this.key, KeyFields.NAME)));
    this.publishField(consumer, KeyFields.NAME, CONSUMER_STATE);
    this.publishField(consumer, KeyFields.ORGANIZATION, ORGANIZATION_STATE);
    this.publishField(consumer, KeyFields.TEAM, TEAM_STATE);
    this.publishField(consumer, KeyFields.USER, USER_STATE);
  }

  /** Lets the request go on as this caller's. */
  admit(): void {
    requestHeaders.set(CONSUMER_HEADER, this.tape.text(this.tape.find(this.consumer, KeyFields.NAME)));
    const models = this.models;
    const routes = this.routes;
    if (models.length) setProperty(ALLOWED_MODELS, models);
    if (routes.length) setProperty(ALLOWED_ROUTES, routes);
  }

  private publishField(node: i32, field: Slice, state: Slice): void {
    const value = this.tape.text(this.tape.find(node, field));
    if (value.length) setProperty(state, value);
  }
}
