// What routes are looked for by: a request's headers, body and caller, and what that caller may use.
import { getProperty, HeaderList, JsonTape, propertyPath, Slice } from "@weir/sdk/assembly";
import { ALLOWED_ROUTES, allowsName } from "@weir/dialects/surfaces/assembly/allow-list";
import { Caller } from "./caller";
import { Route } from "./route";

/** What the Envoy route says of the way that its requests came in. */
const DOOR = propertyPath("xds", "route_metadata", "filter_metadata", "weir", "door");

/** The gateway's own listener, of which the Envoy route says nothing. */
export const OWN_DOOR = Slice.of("own");

/** One request's search. */
@final
export class RouteQuery {
  private known: Caller | null = null;
  private readonly allowed: Slice;
  private knownDoor: Slice | null = null;

  constructor(
    private readonly routes: Route[],
    readonly headers: HeaderList,
    /** Scanned one level deep; empty where there is no JSON. */
    readonly body: JsonTape,
  ) {
    const allowed = getProperty(ALLOWED_ROUTES);
    this.allowed = allowed ? allowed : Slice.empty();
  }

  /** Who calls. */
  get caller(): Caller {
    const known = this.known;
    if (known) return known;
    const caller = new Caller();
    this.known = caller;
    return caller;
  }

  /** Which way the request came in. */
  get door(): Slice {
    const known = this.knownDoor;
    if (known) return known;
    const given = getProperty(DOOR);
    const door = given ? given : OWN_DOOR;
    this.knownDoor = door;
    return door;
  }

  /** The first route that serves `model` and that the caller may use, or null. An empty one stands for any model. */
  first(model: Slice): Route | null {
    for (let i = 0, count = this.routes.length; i < count; ++i) {
      const route = this.routes[i];
      if ((!model.length || route.hasModel(model)) && this.fits(route)) return route;
    }
    return null;
  }

  /**
   * As `first`, of those that have a target of this name. Routes behind one that serves every model do not count:
   * nothing else reaches them either, and Envoy has not asked what they ask of callers.
   */
  firstWith(model: Slice, provider: Slice): Route | null {
    for (let i = 0, count = this.routes.length; i < count; ++i) {
      const route = this.routes[i];
      if (!route.hasModel(model) || !this.fits(route)) continue;
      if (route.hasTarget(provider)) return route;
      if (route.servesAll) return null;
    }
    return null;
  }

  private fits(route: Route): bool {
    return route.fits(this) && allowsName(this.allowed, route.name);
  }
}
