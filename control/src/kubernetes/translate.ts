// The objects of a cluster as what the gateway serves, with what each object is to be told: a pure function. Ingress,
// Gateway API and Weir's own objects have their folders.
import type { Discovered, Registry, ServiceWish } from "../model/discovery.ts";
import type { Kubernetes } from "../model/kubernetes.ts";
import type { FromCluster, ObjectEntry, ObjectFindings } from "../model/object-entry.ts";
import { socketOf } from "../model/web.ts";
import { Backends } from "./backends.ts";
import { entriesOf } from "./configured/entries.ts";
import { objectStatuses } from "./configured/statuses.ts";
import { Bridges } from "./mcp-bridge/bridges.ts";
import { translateGateways } from "./gateway/translate.ts";
import { translateIngresses } from "./ingress/translate.ts";
import { translateWasmPlugins, type TranslatedPlugin } from "./plugins/translate.ts";
import type { Kind, KubernetesObject, Objects } from "./objects.ts";
import type { Notice } from "./notice.ts";

export interface Translated extends Omit<FromCluster, "plugins"> {
  plugins: TranslatedPlugin[];
  /** What statuses are to say once the Envoys have it, and the configuration has said what is wrong with `objects`. */
  statuses: (findings: ObjectFindings) => StatusWrite[];
  /** What is wrong with objects that have no place for it in their status. */
  notices: Notice[];
  /** Registries that are there, and which of their services are routed to. */
  registries: Registry[];
  wishes: ServiceWish[];
}

export interface StatusWrite {
  kind: Kind;
  object: KubernetesObject;
  status: object;
}

export interface TranslateContext {
  objects: Objects;
  settings: Kubernetes;
  backends: Backends;
  bridges: Bridges;
  /** Says something of an object that has no place for it in its status; more than once is as once. */
  tell(notice: Notice): void;
  /** What the registries have said. */
  discovered: Discovered;
  /** For conditions that have changed: RFC 3339. */
  now: string;
  /** Routes that HTTPRoutes stand for, which lead to Providers: put in by the Gateway API's part. */
  implied: ObjectEntry[];
  /** Which Gateway, by its uid, has which address; what is new is put in. */
  assigned: Map<string, string>;
}

/** What outlives one translation. */
export type Lasting = Pick<TranslateContext, "now" | "assigned" | "discovered">;

export function translateObjects(objects: Objects, settings: Kubernetes, lasting: Lasting): Translated {
  const implied: ObjectEntry[] = [];
  const bridges = new Bridges(objects, lasting.discovered);
  const told = new Map<string, Notice>();
  const tell = (notice: Notice): void => {
    told.set(`${notice.object.metadata.uid} ${notice.reason} ${notice.message}`, notice);
  };
  const context = { objects, settings, ...lasting, backends: new Backends(objects), bridges, tell, implied };
  const ingress = translateIngresses(context);
  const gateway = translateGateways(context, new Set(ingress.listeners.map(socketOf)));
  const placed = entriesOf(context);
  return {
    web: { listeners: [...ingress.listeners, ...gateway.listeners], backends: context.backends.list() },
    plugins: translateWasmPlugins(context),
    objects: [...placed.map(({ entry }) => entry), ...implied],
    statuses: (findings) => [
      ...ingress.statuses,
      ...gateway.statuses,
      ...objectStatuses(placed, findings, { now: lasting.now, others: gateway.conditions }),
      ...bridges.statuses(lasting.now),
    ],
    notices: [...ingress.notices, ...told.values()],
    registries: bridges.registries,
    wishes: bridges.wishes,
  };
}
