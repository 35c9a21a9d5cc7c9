// Harness: what a usage costs at a price.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonFields } from "@weir/sdk/assembly/json/fields";
import { parseInteger } from "@weir/sdk/assembly/bytes/integer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { Price } from "../../assembly/price";
import { readPrice } from "../../assembly/read-prices";

const tape = new JsonTape();

function read(json: ArrayBuffer): Price {
  tape.scan(Slice.wrap(json));
  return readPrice(new JsonFields(tape), tape.root, "price");
}

/** Nano-dollars. */
export function cost(price: ArrayBuffer, counts: ArrayBuffer): i64 {
  const priced = read(price);
  tape.scan(Slice.wrap(counts));
  const usage = new Usage();
  usage.inputTokens = count("input");
  usage.outputTokens = count("output");
  usage.cachedTokens = count("cacheRead");
  usage.cacheWriteTokens = count("cacheWrite");
  usage.cacheWriteHourTokens = count("cacheWriteHour");
  usage.reasoningTokens = count("reasoning");
  usage.audioInputTokens = count("audioInput");
  usage.audioOutputTokens = count("audioOutput");
  return priced.cost(usage);
}

function count(name: string): i64 {
  return parseInteger(tape.raw(tape.find(tape.root, Slice.of(name))), -1);
}
