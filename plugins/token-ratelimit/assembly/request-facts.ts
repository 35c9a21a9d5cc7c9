// What limits go by: who sends a request, where it goes, and what stands in its headers. The host is asked once.
import { getProperty, HeaderList, propertyPath, sha256, Slice } from "@weir/sdk/assembly";
import { Address } from "@weir/sdk/assembly/bytes/network";
import { cookieOf, queryOf } from "@weir/dialects/surfaces/assembly/request-value";

/** Something to know of a request. Up to `Route` each is one value. */
export const enum Fact {
  Consumer = 0,
  Organization = 1,
  Team = 2,
  User = 3,
  Key = 4,
  Model = 5,
  Provider = 6,
  Route = 7,
  Header = 8,
  Query = 9,
  Cookie = 10,
  Network = 11,
  Tool = 12,
}

const NAMES: StaticArray<Slice> = [
  Slice.of("consumer"),
  Slice.of("organization"),
  Slice.of("team"),
  Slice.of("user"),
  Slice.of("key"),
  Slice.of("model"),
  Slice.of("provider"),
  Slice.of("route"),
  Slice.of("header"),
  Slice.of("query"),
  Slice.of("cookie"),
  Slice.of("network"),
  Slice.of("tool"),
];

/** The fact of this name in configurations, or −1. */
export function factNamed(name: Slice): i32 {
  for (let i = 0; i < NAMES.length; ++i) if (NAMES[i].equals(name)) return i;
  return -1;
}

// What the plugin key-auth has found out, in the order of Fact.
const CALLER: StaticArray<Slice> = [
  Slice.of("weir.consumer"),
  Slice.of("weir.organization"),
  Slice.of("weir.team"),
  Slice.of("weir.user"),
  Slice.of("weir.key"),
];
/** Of the plugin ai-fallback, where it runs; else there is one target, and Envoy knows it. */
const CHOSEN_ROUTE = Slice.of("weir.route");
const CHOSEN_TARGET = Slice.of("weir.target");
const ROUTE_NAME = propertyPath("xds", "route_name");
const CLUSTER_NAME = propertyPath("xds", "cluster_name");
const PEER = propertyPath("source", "address");
const COLON: u8 = 0x3a;
/** A longer value counts under its hash. */
const VALUE_BYTES_MAX: i32 = 128;

/** The facts of one request. */
@final
export class RequestFacts {
  /** The model, in the client's words; empty until it is known. */
  model: Slice = Slice.empty();
  /** The tool that a message to an MCP server calls; empty for any other request. */
  tool: Slice = Slice.empty();
  private readonly known: StaticArray<Slice | null> = new StaticArray<Slice | null>(CALLER.length);
  private provider: Slice | null = null;
  private route: Slice | null = null;
  private peer: Slice | null = null;
  private knownAddress: Address | null = null;
  private isAddressKnown: bool = false;

  constructor(
    private readonly headers: HeaderList,
    private readonly path: Slice,
    private readonly providers: Map<string, Slice>,
  ) {}

  /** Empty where there is none. */
  get(fact: Fact, name: Slice): Slice {
    switch (fact) {
      case Fact.Model:
        return this.model;
      case Fact.Tool:
        return this.tool;
      case Fact.Provider:
        return this.providerName();
      case Fact.Route:
        return this.routeName();
      case Fact.Header:
        return orEmpty(this.headers.get(name));
      case Fact.Query:
        return orEmpty(queryOf(this.path, name));
      case Fact.Cookie:
        return orEmpty(cookieOf(this.headers, name));
      case Fact.Network:
        return this.addressText();
      default:
        return this.caller(fact);
    }
  }

  /** The client's, as Envoy knows it. */
  get address(): Address | null {
    const peer = this.peerText();
    if (!this.isAddressKnown && peer.length) this.knownAddress = Address.ofPeer(peer);
    this.isAddressKnown = true;
    return this.knownAddress;
  }

  /** The client's, and its port. */
  private peerText(): Slice {
    const known = this.peer;
    if (known) return known;
    const found = orEmpty(getProperty(PEER));
    this.peer = found;
    return found;
  }

  /** Without its port. */
  private addressText(): Slice {
    const peer = this.peerText();
    const colon = peer.lastIndexOf(COLON);
    return colon < 0 ? peer : peer.slice(0, colon);
  }

  /** Of the target that is tried first. */
  get cluster(): Slice {
    const chosen = getProperty(CHOSEN_TARGET);
    return chosen ? chosen : orEmpty(getProperty(CLUSTER_NAME));
  }

  private caller(fact: Fact): Slice {
    if (<i32>fact >= CALLER.length) return Slice.empty();
    const known = this.known[fact];
    if (known) return known;
    const found = orEmpty(getProperty(CALLER[fact]));
    this.known[fact] = found;
    return found;
  }

  private routeName(): Slice {
    const known = this.route;
    if (known) return known;
    const chosen = getProperty(CHOSEN_ROUTE);
    const route = chosen ? chosen : orEmpty(getProperty(ROUTE_NAME));
    this.route = route;
    return route;
  }

  private providerName(): Slice {
    const known = this.provider;
    if (known) return known;
    const cluster = this.cluster.toText();
    const provider = this.providers.has(cluster) ? this.providers.get(cluster) : Slice.empty();
    this.provider = provider;
    return provider;
  }
}

/** What a counter of its own for this value is called: the value, or what stands for a long one. */
export function counterName(value: Slice): Slice {
  return value.length > VALUE_BYTES_MAX ? sha256(value) : value;
}

function orEmpty(value: Slice | null): Slice {
  return value ? value : Slice.empty();
}
