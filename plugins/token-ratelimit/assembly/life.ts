// Whether this Envoy's counters are those that were kept of its life before: one worker takes them up, for all.
//
//   shared value: 0 and when some worker has begun to, as a varint; or 1 and what the control plane calls this life
import { sharedData, Slice, Status, Writer } from "@weir/sdk/assembly";
import { VarintReader, writeVarint } from "./varint";

const KEY = Slice.of("weir.limits.life");
/** Whoever takes longer has trapped, and another begins. */
const CLAIM_MS: i64 = 6000;

/** What this process is called; empty while its counters are not taken up. */
export function lifeOf(): Slice {
  const found = sharedData.get(KEY);
  return found && found.value.at(0) == 1 ? found.value.slice(1) : Slice.empty();
}

/** Whether it is for the caller to take the counters up. */
export function claimLife(now: i64): bool {
  const found = sharedData.get(KEY);
  if (!found) return sharedData.create(KEY, claimOf(now)) == Status.Ok;
  const reader = new VarintReader(found.value);
  if (reader.next() != 0 || abs(now - reader.next()) < CLAIM_MS) return false;
  return sharedData.set(KEY, claimOf(now), found.cas) == Status.Ok;
}

/** The caller could not: another may try. */
export function giveUpLife(): void {
  sharedData.set(KEY, claimOf(0));
}

/** All counters are here. */
export function beginLife(life: Slice): void {
  sharedData.set(KEY, new Writer().byte(1).bytes(life).take());
}

function claimOf(now: i64): Slice {
  const writer = new Writer().byte(0);
  writeVarint(writer, now);
  return writer.take();
}
