// Golden cases: the objects of each testdata/<case>.objects.yaml are translated and compared with the file beside it.
// GOLDEN=update rewrites those and deletes what has no case.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { nothingDiscovered } from "../model/discovery.ts";
import type { Kubernetes } from "../model/kubernetes.ts";
import { Secret } from "../model/secret.ts";
import { socketOf } from "../model/web.ts";
import { allKinds } from "./kinds.ts";
import { keyOf, type KubernetesObject, type Objects } from "./objects.ts";
import type { TranslatedPlugin } from "./plugins/translate.ts";
import { translateObjects, type StatusWrite, type Translated } from "./translate.ts";

const folder = join(import.meta.dirname, "testdata");
const isUpdate = process.env.GOLDEN === "update";
const cases = readdirSync(folder).flatMap((file) => /^(.+)\.objects\.yaml$/.exec(file)?.[1] ?? []);
const now = "2026-01-01T00:00:00Z";

const settings: Kubernetes = {
  kubeconfig: null,
  alsoServe: ["higress"],
  pluginNamespaces: ["higress-system"],
  address: "127.0.0.1",
  httpPort: 80,
  httpsPort: 443,
  gatewayAddresses: [],
  publishedAddresses: [],
  publishedService: null,
  defaultCertificate: null,
  lease: { namespace: "weir-system", name: "weir" },
};

/** Objects have the generation 1, and an age in the order of the file, where they do not say. */
function objectsOf(name: string): Objects {
  const objects = Object.fromEntries(allKinds.map((kind) => [kind, new Map<string, KubernetesObject>()]));
  const documents = parseAllDocuments(readFileSync(join(folder, `${name}.objects.yaml`), "utf8"));
  documents.forEach((document, index) => {
    const object = document.toJS() as Required<KubernetesObject>;
    const known = objects[object.kind];
    if (!known) throw new Error(`${name}.objects.yaml has a ${object.kind}, which nobody reads`);
    const creationTimestamp = `2025-01-01T00:00:${String(index).padStart(2, "0")}Z`;
    const metadata = { uid: `uid-${index}`, generation: 1, creationTimestamp, ...object.metadata };
    known.set(keyOf(object), { ...object, metadata });
  });
  return objects as unknown as Objects;
}

interface Case extends Omit<Translated, "statuses" | "registries"> {
  statuses: StatusWrite[];
}

/** What the configuration says of objects is none of the translation's. */
function translateAll(objects: Objects): Case {
  const {
    statuses,
    registries: _,
    ...rest
  } = translateObjects(objects, settings, { now, assigned: new Map(), discovered: nothingDiscovered });
  return { ...rest, statuses: statuses(new Map()) };
}

const translateCase = (name: string): Case => translateAll(objectsOf(name));

function told({ statuses, notices, web, objects, wishes, plugins }: Case): string {
  const shown = {
    ...(plugins.length > 0 && { plugins: plugins.map(shownPlugin) }),
    statuses: Object.fromEntries(
      statuses.map(({ kind, object, status }) => [`${kind} ${keyOf(object)}`, status] as const),
    ),
    notices: notices.map(({ kind, object, reason, message }) => `${kind} ${keyOf(object)} ${reason}: ${message}`),
    web,
    ...(objects.length > 0 && { objects }),
    ...(wishes.length > 0 && { wishes }),
  };
  return stringify(shown, readable, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** A case has no secrets: what would be one is shown. */
function shownPlugin({ object, plugin, problems }: TranslatedPlugin): object {
  return { object: keyOf(object), problems, plugin: reveal(plugin) };
}

/** Before a secret turns itself into what it prints. */
function reveal(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}

/** What says nothing is left out: the translation of a route has forty fields. */
function readable(_key: unknown, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => !isNothing(field)));
}

function isNothing(value: unknown): boolean {
  if (value === null || value === false) return true;
  if (typeof value !== "object") return false;
  return Object.values(value).every(isNothing);
}

describe.each(cases)("golden case %s", (name) => {
  test("is translated as written", () => {
    const path = join(folder, `${name}.translated.yaml`);
    const text = told(translateCase(name));
    if (isUpdate) writeFileSync(path, text);
    expect(text).toBe(readFileSync(path, "utf8"));
  });

  test("is the same twice, and in any order of its objects", () => {
    const objects = objectsOf(name);
    const backwards = Object.fromEntries(
      Object.entries(objects).map(([kind, known]) => [kind, new Map([...known].reverse())]),
    ) as unknown as Objects;
    const first = told(sorted(translateAll(objects)));
    expect(told(sorted(translateAll(objects)))).toBe(first);
    expect(told(sorted(translateAll(backwards)))).toBe(first);
  });

  test("has no two listeners on one socket", () => {
    const sockets = translateCase(name).web.listeners.map(socketOf);
    expect(new Set(sockets).size).toBe(sockets.length);
  });
});

/** What is told of objects, and the backends, have no order that matters. */
function sorted({ statuses, notices, web, objects, wishes, plugins }: Case): Case {
  const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return {
    statuses: statuses.toSorted((a, b) => byText([a.kind, keyOf(a.object)], [b.kind, keyOf(b.object)])),
    notices: notices.toSorted((a, b) => byText([keyOf(a.object), a.message], [keyOf(b.object), b.message])),
    objects,
    plugins,
    web: { ...web, backends: web.backends.toSorted((a, b) => byText(a.name, b.name)) },
    wishes,
  };
}

test("every golden file has its case", () => {
  const known = new Set(cases.flatMap((name) => [`${name}.objects.yaml`, `${name}.translated.yaml`]));
  const orphans = readdirSync(folder).filter((file) => !known.has(file));
  if (isUpdate) for (const file of orphans) rmSync(join(folder, file));
  else expect(orphans).toEqual([]);
});
