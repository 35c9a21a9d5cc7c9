// A route: which requests, by host, path and headers, and which models it serves, and the targets that serve them.
import { HeaderList, Slice } from "@weir/sdk/assembly";
import { fitsPattern } from "@weir/dialects/surfaces/assembly/allow-list";
import { cookieOf, queryOf } from "@weir/dialects/surfaces/assembly/request-value";
import { Prompt } from "@weir/dialects/surfaces/assembly/context-window";
import { Surface } from "@weir/dialects/surfaces/assembly/surface";
import { Affinity } from "./affinity";
import { Balance, Turns } from "./balance";
import { BodyCondition } from "./body-condition";
import { CallerCondition } from "./caller";
import { NameValue } from "./name-value";
import { PlannedTarget } from "./planned-target";
import { OWN_DOOR, RouteQuery } from "./route-query";

const AUTHORITY = Slice.of(":authority");
const PATH = Slice.of(":path");
const ANY = Slice.of("*");
const STAR: u8 = 0x2a;
const SLASH: u8 = 0x2f;
const COLON: u8 = 0x3a;
const CLOSING_BRACKET: u8 = 0x5d;

/** One of the configuration's routes. */
@final
export class Route {
  /** Host names, `*.example.com` among them; none for every host. */
  readonly hosts: Slice[] = [];
  /** The APIs' roots as clients see them: `/v1`, `/v1beta`. */
  readonly pathPrefixes: Slice[] = [];
  readonly headers: NameValue[] = [];
  readonly query: NameValue[] = [];
  readonly cookies: NameValue[] = [];
  /** Who must call; each must fit. */
  readonly callers: CallerCondition[] = [];
  /** What must be in the body; each must fit. */
  readonly body: BodyCondition[] = [];
  /** The ways in by which its requests come; none for the gateway's own listener alone. */
  readonly doors: Slice[] = [];
  /** Whether any route of the configuration has such. */
  hasDoors: bool = false;
  /** Names, prefixes with a star at their end, or `*`. */
  readonly models: Slice[] = [];
  /** The targets, the heaviest first: one that has a weight is chosen, the others are tried after it. */
  readonly ranked: PlannedTarget[] = [];
  /** What is tried after the targets. */
  readonly fallbacks: PlannedTarget[] = [];
  /** The target that answers when all others have failed. */
  lastResort: PlannedTarget | null = null;
  balance: Balance = Balance.Weighted;
  turns: Turns = new Turns();
  /** Whether some of its targets' requests are counted. */
  isCounted: bool = false;
  affinity: Affinity = new Affinity();
  /** For all attempts together, until an answer begins; 0 for no limit. */
  totalTimeoutMs: i32 = 0;
  /** The statuses at which the next target is tried: `429`, `5xx`. */
  statuses: Slice[] = [];
  /** Whether it is tried where an answer is empty. */
  onEmptyAnswer: bool = true;
  /** Whether it is tried where a provider's filter has held the answer back. */
  onContentFilter: bool = false;

  constructor(
    /** Its name, for the log and for what callers may use. */
    readonly name: Slice,
  ) {}

  /** Adds one of the targets. */
  addTarget(target: PlannedTarget): void {
    const ranked = this.ranked;
    let at = ranked.length;
    ranked.push(target);
    for (; at > 0 && ranked[at - 1].weight < target.weight; --at) ranked[at] = ranked[at - 1];
    ranked[at] = target;
  }

  /** Whether there is more than one target to choose from. */
  get hasChoice(): bool {
    return this.ranked.length + this.fallbacks.length > 1;
  }

  /** Whether its targets are ranked by more than their weights. */
  get isRanked(): bool {
    return this.balance >= Balance.LeastBusy;
  }

  /** Whether attempts have to know a plan. The one of a single target without any wishes would say nothing. */
  get needsPlan(): bool {
    return (
      this.hasChoice ||
      this.isCounted ||
      this.lastResort != null ||
      this.totalTimeoutMs > 0 ||
      this.ranked[0].model.length > 0
    );
  }

  /** Whether it is a route for this request, its model apart. */
  fits(request: RouteQuery): bool {
    const headers = request.headers;
    const path = headers.get(PATH);
    if (!path || (this.hasDoors && !this.fitsDoor(request.door))) return false;
    if (!this.fitsHost(headers.get(AUTHORITY)) || !this.fitsPath(path)) return false;
    if (!this.fitsHeaders(headers) || !this.fitsQuery(path) || !this.fitsCookies(headers)) return false;
    return this.fitsCaller(request) && this.fitsBody(request);
  }

  /** Whether one of its targets may hold the prompt. */
  holds(prompt: Prompt, model: Slice): bool {
    for (let i = 0; i < this.ranked.length; ++i) if (this.ranked[i].holds(prompt, model)) return true;
    for (let i = 0; i < this.fallbacks.length; ++i) if (this.fallbacks[i].holds(prompt, model)) return true;
    return false;
  }

  /** Whether one of its targets serves the surface. */
  serves(surface: Surface): bool {
    for (let i = 0; i < this.ranked.length; ++i) if (this.ranked[i].serves(surface)) return true;
    for (let i = 0; i < this.fallbacks.length; ++i) if (this.fallbacks[i].serves(surface)) return true;
    return false;
  }

  /** Whether it is a route for `model`. */
  hasModel(model: Slice): bool {
    for (let i = 0, count = this.models.length; i < count; ++i) if (fitsPattern(this.models[i], model)) return true;
    return false;
  }

  /** Whether it serves every model. */
  get servesAll(): bool {
    for (let i = 0; i < this.models.length; ++i) if (this.models[i].equals(ANY)) return true;
    return false;
  }

  /** Whether a provider or one of its keys has this name, among its targets and fallbacks. */
  hasTarget(name: Slice): bool {
    for (let i = 0; i < this.ranked.length; ++i) if (this.ranked[i].isNamed(name)) return true;
    for (let i = 0; i < this.fallbacks.length; ++i) if (this.fallbacks[i].isNamed(name)) return true;
    return false;
  }

  /** A copy without any target. It takes its turns with this one. */
  withoutTargets(): Route {
    const copy = new Route(this.name);
    copy.lastResort = this.lastResort;
    copy.balance = this.balance;
    copy.turns = this.turns;
    copy.isCounted = this.isCounted;
    copy.affinity = this.affinity;
    copy.totalTimeoutMs = this.totalTimeoutMs;
    copy.statuses = this.statuses;
    copy.onEmptyAnswer = this.onEmptyAnswer;
    copy.onContentFilter = this.onContentFilter;
    return copy;
  }

  private fitsDoor(door: Slice): bool {
    const all = this.doors;
    for (let i = 0; i < all.length; ++i) if (all[i].equals(door)) return true;
    return !all.length && door.equals(OWN_DOOR);
  }

  private fitsHost(authority: Slice | null): bool {
    if (!this.hosts.length) return true;
    if (!authority) return false;
    const host = hostOf(authority);
    for (let i = 0; i < this.hosts.length; ++i) if (isHost(this.hosts[i], host)) return true;
    return false;
  }

  private fitsPath(path: Slice): bool {
    for (let i = 0, count = this.pathPrefixes.length; i < count; ++i) {
      const prefix = this.pathPrefixes[i];
      if (path.startsWith(prefix) && path.at(prefix.length) == SLASH) return true;
    }
    return false;
  }

  private fitsHeaders(headers: HeaderList): bool {
    const all = this.headers;
    for (let i = 0; i < all.length; ++i) if (!all[i].fits(headers.get(all[i].name))) return false;
    return true;
  }

  private fitsQuery(path: Slice): bool {
    const all = this.query;
    for (let i = 0; i < all.length; ++i) if (!all[i].fits(queryOf(path, all[i].name))) return false;
    return true;
  }

  private fitsCookies(headers: HeaderList): bool {
    const all = this.cookies;
    for (let i = 0; i < all.length; ++i) if (!all[i].fits(cookieOf(headers, all[i].name))) return false;
    return true;
  }

  private fitsCaller(request: RouteQuery): bool {
    const all = this.callers;
    for (let i = 0; i < all.length; ++i) if (!all[i].fits(request.caller)) return false;
    return true;
  }

  private fitsBody(request: RouteQuery): bool {
    const all = this.body;
    for (let i = 0; i < all.length; ++i) if (!all[i].fits(request.body)) return false;
    return true;
  }
}

/** `*.example.com` fits every name below `example.com`, as in Envoy's virtual hosts. */
function isHost(pattern: Slice, host: Slice): bool {
  if (pattern.equals(ANY)) return true;
  if (pattern.at(0) != STAR) return pattern.equalsIgnoreCase(host);
  const suffix = pattern.slice(1);
  return host.length > suffix.length && host.slice(host.length - suffix.length).equalsIgnoreCase(suffix);
}

/** The authority without its port. */
function hostOf(authority: Slice): Slice {
  const colon = authority.lastIndexOf(COLON);
  return colon < 0 || colon < authority.lastIndexOf(CLOSING_BRACKET) ? authority : authority.slice(0, colon);
}
