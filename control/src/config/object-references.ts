// Which names in an object stand for other objects: those of other namespaces have to be granted.
import type { ObjectKindName } from "../model/object-kinds.ts";
import type { Path } from "./path.ts";
import { isMapping } from "./written-names.ts";

export interface NamedReference {
  /** In the object's spec. */
  path: Path;
  kinds: ObjectKindName[];
  name: string;
}

interface Place {
  kinds: ObjectKindName[];
  /** A step `[]` stands for each item of a list. */
  path: string[];
}

const provider = (path: string): Place => ({ kinds: ["Provider"], path: path.split(".") });
const servable = (path: string): Place => ({ kinds: ["AIRoute", "MCPServer"], path: path.split(".") });
const consumer = (path: string): Place => ({ kinds: ["Consumer"], path: path.split(".") });
const server = (path: string): Place => ({ kinds: ["MCPServer"], path: path.split(".") });

const registry: Place = { kinds: ["Registry"], path: ["service", "registry"] };

/** What uses another object, or holds it back. Conditions on callers do neither. */
const places: Partial<Record<ObjectKindName, Place[]>> = {
  Provider: [registry],
  AIRoute: [provider("targets.[].provider"), provider("fallbacks.[].provider"), provider("mirror.provider")],
  Model: [provider("provider")],
  Consumer: [servable("routes.[]"), servable("keys.[].routes.[]")],
  Limit: [provider("match.provider"), servable("match.route"), consumer("match.consumer")],
  Budget: [consumer("match.consumer")],
  MCPServer: [registry, server("members.[].server"), server("serverTools.[].serverName")],
};

export function referencesIn(kind: ObjectKindName, spec: Record<string, unknown>): NamedReference[] {
  return (places[kind] ?? []).flatMap(({ kinds, path }) =>
    textsAt(spec, path, []).map((found) => ({ path: found.path, kinds, name: found.text.split("/")[0]! })),
  );
}

function textsAt(value: unknown, [step, ...rest]: string[], path: Path): { path: Path; text: string }[] {
  if (step === undefined) return typeof value === "string" ? [{ path, text: value }] : [];
  if (step === "[]") {
    return Array.isArray(value) ? value.flatMap((item, index) => textsAt(item, rest, [...path, index])) : [];
  }
  return isMapping(value) ? textsAt(value[step], rest, [...path, step]) : [];
}
