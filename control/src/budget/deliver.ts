// Sends what is written down to webhooks, again and again until it is taken. Several who share a database do not send
// the same: whoever moves a message's time on has it.
import { Webhook as Signer } from "standardwebhooks";
import type { Webhook } from "../model/budgets.ts";
import type { AlertTable } from "../store/schema.ts";
import { toBigInt } from "../store/schema.ts";
import type { Store } from "../store/store.ts";

export interface DeliveryOptions {
  webhooks: readonly Webhook[];
  now: () => number;
  /** Ends what is under way; it is sent again later. */
  signal: AbortSignal;
}

/** After each failed attempt; then it is given up, some three days after the first one. */
export const retryMs = [5_000, 30_000, 120_000, 600_000, 1_800_000, ...Array<number>(17).fill(4 * 3_600_000)];
/** A receiver that does not answer is not waited for longer. */
const timeoutMs = 15_000;
/** Longer than any attempt takes: after this, whoever had it is gone. */
const leaseMs = 60_000;
const atOnce = 20;

export interface Delivery {
  webhook: string;
  /** Null: it was taken. */
  failure: string | null;
  /** Whether it is not tried any more. */
  isGivenUp: boolean;
}

type Due = Pick<AlertTable, "id" | "webhook" | "body" | "attempts"> & { due_at: number };

/** Sends what is due, and gives what became of each. */
export async function deliver(store: Store, options: DeliveryOptions): Promise<Delivery[]> {
  const due = await findDue(store, options);
  const sent = await Promise.all(due.map((alert) => deliverOne(store, alert, options)));
  return sent.filter((delivery) => delivery !== null);
}

async function findDue({ db }: Store, { webhooks, now }: DeliveryOptions): Promise<Due[]> {
  if (webhooks.length === 0) return [];
  const names = webhooks.map(({ name }) => name);
  const rows = await db
    .selectFrom("alerts")
    .select(["id", "webhook", "body", "attempts", "due_at"])
    .where("due_at", "<=", now())
    .where("webhook", "in", names)
    .orderBy("due_at")
    .orderBy("percent")
    .limit(atOnce)
    .execute();
  return rows.map((row) => ({ ...row, due_at: Number(toBigInt(row.due_at)) }));
}

async function deliverOne(store: Store, alert: Due, options: DeliveryOptions): Promise<Delivery | null> {
  const webhook = options.webhooks.find(({ name }) => name === alert.webhook);
  if (!webhook || !(await claim(store, alert, options.now()))) return null;
  const failure = await send(webhook, alert, options);
  // Whether it arrived is not known. The same message is sent again when its time has come.
  if (failure && options.signal.aborted) return null;
  const attempts = alert.attempts + 1;
  const now = options.now();
  const wait = failure === null || failure.isFinal ? undefined : retryMs[attempts - 1];
  await store.db
    .updateTable("alerts")
    .set({
      attempts,
      due_at: wait === undefined ? null : now + wait,
      delivered_at: failure === null ? now : null,
      failure: failure?.message ?? "",
    })
    .where("id", "=", alert.id)
    .execute();
  return {
    webhook: webhook.name,
    failure: failure?.message ?? null,
    isGivenUp: failure !== null && wait === undefined,
  };
}

async function claim({ db }: Store, { id, due_at }: Due, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("alerts")
    .set({ due_at: now + leaseMs })
    .where("id", "=", id)
    .where("due_at", "=", due_at)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

interface Failure {
  message: string;
  isFinal: boolean;
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#webhook-delivery */
async function send({ url, secret }: Webhook, { id, body }: Due, options: DeliveryOptions): Promise<Failure | null> {
  const at = new Date(options.now());
  const headers = {
    "content-type": "application/json",
    "user-agent": "weir",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Signer(secret.reveal()).sign(id, at, body),
  };
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), options.signal]);
    const {
      ok,
      status,
      body: answer,
    } = await fetch(url.reveal(), { method: "POST", headers, body, signal, redirect: "manual" });
    await answer?.cancel();
    if (ok) return null;
    // 410: the receiver wants no more.
    return { message: `it answered ${status}`, isFinal: status === 410 };
  } catch (error) {
    return { message: causeOf(error as Error), isFinal: false };
  }
}

/** What the system says, without the URL: that may hold a token. */
function causeOf({ name, cause }: Error): string {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return name === "TimeoutError" ? "it did not answer in time" : `it cannot be reached (${code ?? name})`;
}
