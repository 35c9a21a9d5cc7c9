// What the admin API does: checks a change against all that is in force, writes it down, puts it in force.
import { createHash, randomBytes } from "node:crypto";
import type { Problem } from "../config/problem.ts";
import { addStored, type Section, type StoredEntry } from "../config/stored-entries.ts";
import type { Model } from "../model/model.ts";
import type { Store } from "../store/store.ts";
import { readEntries, writeChange, type Action, type Actor } from "./entry-store.ts";

export interface AdminHost {
  store: () => Promise<Store>;
  /** Of the file alone. */
  base: () => Model;
  /** Of everything, as it is in force. */
  model: () => Model;
  /** Puts these in force, and resolves when Envoy has them. */
  apply: (entries: StoredEntry[]) => Promise<void>;
}

/** Why something is not done. */
export class Refused extends Error {
  readonly status: number;
  readonly problems: Pick<Problem, "path" | "message" | "fix">[];

  constructor(status: number, message: string, problems: Problem[] = []) {
    super(message);
    this.status = status;
    this.problems = problems.map(({ path, message, fix }) => ({ path, message, fix }));
  }
}

type Body = Record<string, unknown>;

export interface NewKey {
  /** Shown this once; null where its hash was given. */
  key: string | null;
  warnings: string[];
}

export class AdminService {
  readonly #host: AdminHost;
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: AdminHost) {
    this.#host = host;
  }

  async entries(section: Section): Promise<StoredEntry[]> {
    const all = await readEntries(await this.#host.store());
    return all.filter((entry) => entry.section === section);
  }

  async entry(section: Section, name: string): Promise<StoredEntry> {
    const found = (await this.entries(section)).find((entry) => entry.name === name);
    if (!found) throw new Refused(404, `Nothing in ${section} is stored under the name ${name}`);
    return found;
  }

  /** Makes it, or replaces it. What is told is what is odd about it. */
  put(section: Section, body: Body, actor: Actor): Promise<{ warnings: string[]; isNew: boolean }> {
    return this.#alone(async () => {
      const name = nameOf(section, body);
      const isNew = !(await this.entries(section)).some((entry) => entry.name === name);
      const warnings = await this.#change({ section, name, action: isNew ? "create" : "update", body }, actor);
      return { warnings, isNew };
    });
  }

  delete(section: Section, name: string, actor: Actor): Promise<void> {
    return this.#alone(async () => {
      await this.entry(section, name);
      const keys = section === "consumers" ? await this.entries("keys") : [];
      if (keys.some(({ body }) => body["consumer"] === name)) {
        throw new Refused(409, `The consumer ${name} has keys: delete them first`);
      }
      await this.#change({ section, name, action: "delete", body: null }, actor);
    });
  }

  makeKey(body: Body, actor: Actor): Promise<NewKey> {
    return this.#alone(async () => {
      const name = nameOf("keys", body);
      const taken = (await this.entries("keys")).some((entry) => entry.name === name);
      if (taken) throw new Refused(409, `The key ${name} is there already: rotate it, or choose another name`);
      const made = body["sha256"] === undefined ? newKey() : null;
      const given = { ...body, ...(made && { sha256: made.sha256 }) };
      const warnings = await this.#change({ section: "keys", name, action: "create", body: given }, actor);
      return { key: made?.key ?? null, warnings };
    });
  }

  /** Changes some fields; null takes one away. */
  patchKey(name: string, fields: Body, actor: Actor): Promise<string[]> {
    return this.#alone(async () => {
      const { body } = await this.entry("keys", name);
      const merged = Object.entries({ ...body, ...fields }).filter(([, value]) => value !== null);
      return this.#change({ section: "keys", name, action: "update", body: Object.fromEntries(merged) }, actor);
    });
  }

  /** A new key under the same name; the old one is good for `graceMs` longer. */
  rotateKey(name: string, graceMs: number, actor: Actor): Promise<NewKey & { until: number }> {
    return this.#alone(async () => {
      const { body } = await this.entry("keys", name);
      const now = Date.now();
      const until = now + graceMs;
      const before = (body["retired"] ?? []) as { sha256: string; until: string }[];
      const old = { sha256: body["sha256"], until: new Date(until).toISOString() };
      const retired = [...before, old].filter((one) => Date.parse(one.until) > now);
      const made = newKey();
      const changed = { ...body, sha256: made.sha256, retired };
      const warnings = await this.#change({ section: "keys", name, action: "rotate", body: changed }, actor);
      return { key: made.key, until, warnings };
    });
  }

  async #change(
    change: { section: Section; name: string; action: Action; body: Body | null },
    actor: Actor,
  ): Promise<string[]> {
    const { section, name, body } = change;
    const store = await this.#host.store();
    const others = (await readEntries(store)).filter((entry) => entry.section !== section || entry.name !== name);
    const entries = body ? [...others, { section, name, body }] : others;
    const warnings = body ? this.#check(entries, section, name) : [];
    await writeChange(store, change, actor);
    await this.#host.apply(entries);
    return warnings;
  }

  #check(entries: StoredEntry[], section: Section, name: string): string[] {
    const { problems } = addStored(this.#host.base(), entries);
    const own = problems.filter(({ file }) => file === `admin: ${section}/${name}`);
    const errors = own.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new Refused(422, "It is not right, and nothing was changed", errors);
    return own.map(({ message, fix }) => `${message}. ${fix}`);
  }

  /** One change after the other: each is checked against what the one before it has left. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

function nameOf(section: Section, body: Body): string {
  const name = String(body["name"] ?? "");
  return section === "keys" ? `${String(body["consumer"])}/${name}` : name;
}

/** 256 bits: nobody gets from the hash to the key. */
function newKey(): { key: string; sha256: string } {
  const key = `wk-${randomBytes(32).toString("base64url")}`;
  return { key, sha256: createHash("sha256").update(key).digest("hex") };
}
