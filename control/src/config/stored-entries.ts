// What the admin API has stored, added to the model of the file. Each entry is checked with the file's schemas and by
// itself: one that is wrong, or clashes with the file, is left out and told, and its neighbours are served.
import { z } from "zod";
import type { Auth, Consumer, ConsumerKey } from "../model/auth.ts";
import type { Model } from "../model/model.ts";
import { checkedBudget, checkedLimit, withReadRoutes } from "./cheaper-models.ts";
import { reportIssues } from "./issues.ts";
import type { Path } from "./path.ts";
import type { Problem } from "./problem.ts";
import { Report } from "./report.ts";
import { resolveBudget } from "./resolve-budget.ts";
import { reportUnknownRoutes, resolveConsumer, resolveKey, type ConsumerContext } from "./resolve-consumer.ts";
import { resolveLimit } from "./resolve-limit.ts";
import { budgetSchema } from "./schema/budget.ts";
import { consumerSchema, hash, keySchema, time } from "./schema/consumer.ts";
import { limitSchema } from "./schema/limit.ts";
import { name } from "./schema/name.ts";
import { readSource } from "./source.ts";

const retiredSchema = z.strictObject({
  sha256: hash.describe("Of a key that was replaced."),
  until: time.describe("When it is refused."),
});

/** What may be stored, by section. Nothing in it is a reference, and nothing a secret: keys are hashes. */
export const storedSchemas = {
  consumers: consumerSchema.omit({ keys: true }),
  keys: keySchema.omit({ key: true, hmac: true }).extend({
    consumer: name().describe("Whose it is, of the file or stored."),
    retired: z.array(retiredSchema).prefault([]).describe("Keys that this one has replaced, until their time is over."),
  }),
  limits: limitSchema,
  budgets: budgetSchema,
} as const;

export type Section = keyof typeof storedSchemas;
export const sections = Object.keys(storedSchemas) as Section[];

export interface StoredEntry {
  section: Section;
  /** Unique in its section; a key's is `consumer/key`. */
  name: string;
  body: Record<string, unknown>;
}

export interface Merged {
  model: Model;
  problems: Problem[];
}

/** Adds all that can be added. Pure. */
export function addStored(model: Model, entries: readonly StoredEntry[]): Merged {
  const merger = new Merger(model);
  // Keys need their consumers, and limits may name them.
  for (const section of sections) for (const entry of entries) if (entry.section === section) merger.add(entry);
  return merger;
}

class Merger implements Merged {
  model: Model;
  readonly problems: Problem[] = [];

  constructor(model: Model) {
    this.model = model;
  }

  add({ section, name, body }: StoredEntry): void {
    const report = new Report(`admin: ${section}/${name}`, readSource(JSON.stringify({ [section]: [body] })));
    const at = { report, path: [section, 0] };
    if (section === "consumers") this.#consumer(body, at);
    else if (section === "keys") this.#key(body, at);
    else if (section === "limits") this.#limit(body, at);
    else this.#budget(body, at);
    this.problems.push(...report.problems());
  }

  #consumer(body: unknown, { report, path }: At): void {
    const config = parsed(storedSchemas.consumers, body, { report, path });
    const auth = this.#auth({ report, path });
    if (!config || !auth || isTaken(auth.consumers, config.name, { report, path })) return;
    reportUnknownRoutes(config.routes, path, this.#context(report));
    this.#withConsumers([...auth.consumers, resolveConsumer({ ...config, keys: [] }, [])]);
  }

  #key(body: unknown, { report, path }: At): void {
    const config = parsed(storedSchemas.keys, body, { report, path });
    const auth = this.#auth({ report, path });
    if (!config || !auth) return;
    const consumer = auth.consumers.find(({ name }) => name === config.consumer);
    if (!consumer) {
      const fix = "Make the consumer first";
      return report.error([...path, "consumer"], { message: "There is no consumer of this name", fix });
    }
    if (isTaken(consumer.keys, config.name, { report, path })) return;
    reportUnknownRoutes(config.routes, path, this.#context(report));
    const at = { path, references: new Map() };
    const limits = { models: consumer.models, routes: consumer.routes, networks: consumer.networks };
    const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null));
    const owner = { name: consumer.name, keys: [], ...given };
    const key = resolveKey(config, owner, at, this.#context(report));
    if (!key) return;
    const keys = [key, ...retiredKeys(key, config.retired)].filter((one) => this.#isNew(one, { report, path }));
    const changed = { ...consumer, keys: [...consumer.keys, ...keys] };
    this.#withConsumers(auth.consumers.map((one) => (one === consumer ? changed : one)));
  }

  #limit(body: unknown, { report, path }: At): void {
    const config = parsed(storedSchemas.limits, body, { report, path });
    const { gateway, limits, routes } = this.model;
    if (!config || isTaken(limits, config.name, { report, path })) return;
    const names = { consumer: this.#consumerNames(), route: routes.map((route) => route.name) };
    const service = gateway.limitService?.type ?? null;
    const limit = resolveLimit(config, path, { report, service, names });
    if (!limit) return;
    const added = { ...this.model, limits: [...limits, limit] };
    const checked = checkedLimit(added, limits.length, { report, path });
    this.model = withReadRoutes({ ...added, limits: [...limits, checked] });
  }

  #budget(body: unknown, { report, path }: At): void {
    const config = parsed(storedSchemas.budgets, body, { report, path });
    const { budgets, ledger } = this.model;
    if (!config || isTaken(budgets, config.name, { report, path })) return;
    if (!ledger) {
      const fix = "Add the section ledger: {} to the file";
      return report.error(path, { message: "Without a ledger nobody knows what is spent", fix });
    }
    const budget = resolveBudget(config, path, { report, names: { consumer: this.#consumerNames() } });
    if (!budget) return;
    const added = { ...this.model, budgets: [...budgets, budget] };
    const checked = checkedBudget(added, budgets.length, { report, path });
    this.model = withReadRoutes({ ...added, budgets: [...budgets, checked] });
  }

  /** A gateway that is open stays so: a key in the store must not look as if it closed it. */
  #auth({ report, path }: At): Auth | null {
    const { auth } = this.model;
    if (auth) return auth;
    const message = "The gateway is open to everybody, so nobody is asked for a key";
    report.error(path, { message, fix: "Add consumers: [] to the file" });
    return null;
  }

  #isNew({ sha256 }: ConsumerKey, { report, path }: At): boolean {
    const all = this.model.auth?.consumers.flatMap(({ keys }) => keys) ?? [];
    if (!all.some((key) => key.hmac === null && key.sha256 === sha256)) return true;
    const fix = "Make a key of its own";
    report.error([...path, "sha256"], { message: "Another key is the same", fix });
    return false;
  }

  #withConsumers(consumers: Consumer[]): void {
    this.model = { ...this.model, auth: { ...this.model.auth!, consumers } };
  }

  #context(report: Report): ConsumerContext {
    const routes = this.model.routes.map((route) => route.name);
    return { report, routes, hashes: new Map(), keyIds: new Map() };
  }

  /** Names that only tokens know are not known here. */
  #consumerNames(): string[] | undefined {
    const { auth } = this.model;
    return auth && auth.jwt.length > 0 ? undefined : (auth?.consumers ?? []).map((consumer) => consumer.name);
  }
}

interface At {
  report: Report;
  path: Path;
}

function parsed<T extends z.ZodType>(schema: T, body: unknown, { report, path }: At): z.output<T> | null {
  const read = schema.safeParse(body);
  if (!read.success) reportIssues(report, path, read.error.issues, schema);
  return read.success ? read.data : null;
}

function isTaken(all: readonly { name: string }[], name: string, { report, path }: At): boolean {
  if (!all.some((one) => one.name === name)) return false;
  const fix = "The file's is in force: remove one of the two, or rename it";
  report.error([...path, "name"], { message: "The name is already taken", fix });
  return true;
}

/** They have the name of the key that has replaced them, so that they count as the same in limits and in the ledger. */
function retiredKeys(key: ConsumerKey, retired: readonly { sha256: string; until: number }[]): ConsumerKey[] {
  return retired.map(({ sha256, until }) => {
    const expiresMs = key.expiresMs === null ? until : Math.min(until, key.expiresMs);
    return { ...key, sha256, expiresMs };
  });
}
