// Messages of weir.counters.v1.Counters, the control plane's service that keeps counters: control/src/counters.
import { Slice, Writer } from "@weir/sdk/assembly";
import { FieldReader, writeField } from "@weir/sdk/assembly/bytes/protobuf";
import { writeVarint } from "./varint";

// RestoreRequest and SaveRequest.
const ENVOY: u32 = 1;
const LIFE: u32 = 2;
const AFTER: u32 = 3;
const SHARDS: u32 = 3;
// RestoreResponse and SaveResponse.
const ANSWERED_LIFE: u32 = 1;
const ANSWERED_SHARDS: u32 = 2;
const NEXT: u32 = 3;
const AGAIN: u32 = 1;
// Shard.
const KEY: u32 = 1;
const VALUE: u32 = 2;
/** Field 3, a varint. */
const VERSION: u8 = 3 << 3;

/** Asks for what is kept: the first page without a life, each other by where the one before has ended. */
export function restoreRequest(envoy: Slice, life: Slice, after: Slice): Slice {
  const message = new Writer();
  writeField(message, ENVOY, envoy);
  if (life.length) writeField(message, LIFE, life);
  if (after.length) writeField(message, AFTER, after);
  return message.take();
}

/** Shared values that are to be kept. */
@final
export class SaveRequest {
  private readonly message: Writer = new Writer(1024);

  constructor(envoy: Slice, life: Slice) {
    writeField(this.message, ENVOY, envoy);
    writeField(this.message, LIFE, life);
  }

  get length(): i32 {
    return this.message.length;
  }

  add(key: Slice, value: Slice, version: u32): void {
    const shard = new Writer(value.length + 64);
    writeField(shard, KEY, key);
    writeField(shard, VALUE, value);
    shard.byte(VERSION);
    writeVarint(shard, version);
    writeField(this.message, SHARDS, shard.take());
  }

  take(): Slice {
    return this.message.take();
  }
}

/** One shared value that was kept. */
@final
export class KeptShard {
  key: Slice = Slice.empty();
  value: Slice = Slice.empty();

  constructor(message: Slice) {
    const reader = new FieldReader(message);
    while (reader.next()) {
      if (reader.number == KEY) this.key = reader.content;
      else if (reader.number == VALUE) this.value = reader.content;
    }
  }
}

/** What was kept, or a page of it. */
@final
export class RestoreResponse {
  /** Of this process, as the control plane calls it. Empty: nothing that can be understood has come. */
  life: Slice = Slice.empty();
  readonly shards: KeptShard[] = [];
  /** Where the next page begins; empty for none. */
  next: Slice = Slice.empty();

  constructor(message: Slice) {
    const reader = new FieldReader(message);
    while (reader.next()) {
      if (reader.number == ANSWERED_LIFE) this.life = reader.content;
      else if (reader.number == ANSWERED_SHARDS) this.shards.push(new KeptShard(reader.content));
      else if (reader.number == NEXT) this.next = reader.content;
    }
  }
}

/** Whether the control plane has nothing of this process any more, and wants all of it again. */
export function wantsAll(message: Slice): bool {
  const reader = new FieldReader(message);
  while (reader.next()) if (reader.number == AGAIN) return true;
  return false;
}
