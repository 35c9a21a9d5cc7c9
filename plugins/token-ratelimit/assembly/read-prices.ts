// Reads the configuration's prices: tables of models, and which target has which.
import { JsonFields, parseInteger } from "@weir/sdk/assembly";
import { readMapping } from "@weir/dialects/surfaces/assembly/model-mapping";
import { Price, TokenPrices } from "./price";
import { PriceBook, PricedTarget, PriceTable } from "./price-book";

/** USD 10 for one token. */
const PICO_USD_MAX: i64 = 10_000_000_000_000;

/** `prices` is a list of tables, and `pricedTargets` names one for each cluster. */
export function readPrices(fields: JsonFields, book: PriceBook): void {
  const tape = fields.tape;
  const tables: PriceTable[] = [];
  const list = fields.array(tape.root, "prices", "prices");
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    tables.push(readTable(fields, node, "prices[" + tables.length.toString() + "]"));
  }
  const targets = fields.object(tape.root, "pricedTargets", "pricedTargets");
  for (let member = tape.first(targets); member >= 0; member = tape.next(member)) {
    const cluster = tape.keyText(member).toText();
    const path = "pricedTargets." + cluster;
    const index = fields.integer(member, "prices", 0, 0, path + ".prices");
    if (index >= tables.length) {
      fields.fail(path + ".prices", "the number of a table");
      continue;
    }
    const target = new PricedTarget(tables[index]);
    const mapping = fields.array(member, "modelMapping", path + ".modelMapping");
    readMapping(fields, mapping, target.mapping, path + ".modelMapping");
    book.targets.set(cluster, target);
  }
}

function readTable(fields: JsonFields, list: i32, path: string): PriceTable {
  const tape = fields.tape;
  const table = new PriceTable();
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    const name = fields.requiredText(node, "name", path + ".name");
    table.models.add(name, fields.flag(node, "own", path + ".own"));
    table.prices.push(readPrice(fields, node, path + "." + name.toText()));
  }
  return table;
}

/** Reads one. */
export function readPrice(fields: JsonFields, node: i32, path: string): Price {
  const tape = fields.tape;
  const price = new Price();
  price.tiers.push(readTokenPrices(fields, node, path));
  const tiers = fields.array(node, "tiers", path + ".tiers");
  for (let item = tape.first(tiers); item >= 0; item = tape.next(item)) {
    const prices = readTokenPrices(fields, item, path + ".tiers");
    prices.aboveInputTokens = readPico(fields, item, "aboveInputTokens", -1);
    if (prices.aboveInputTokens < 0) fields.fail(path + ".tiers", "prices with a bound");
    price.tiers.push(prices);
  }
  return price;
}

/** A kind that is left out costs what the kind costs that holds it. */
function readTokenPrices(fields: JsonFields, node: i32, path: string): TokenPrices {
  const prices = new TokenPrices();
  prices.input = readPico(fields, node, "input", -1);
  prices.output = readPico(fields, node, "output", -1);
  if (prices.input < 0 || prices.output < 0) fields.fail(path, "a price with input and output");
  prices.cacheRead = readPico(fields, node, "cacheRead", prices.input);
  prices.cacheWrite = readPico(fields, node, "cacheWrite", prices.input);
  prices.cacheWriteHour = readPico(fields, node, "cacheWriteHour", prices.cacheWrite);
  prices.reasoning = readPico(fields, node, "reasoning", prices.output);
  prices.audioInput = readPico(fields, node, "audioInput", prices.input);
  prices.audioOutput = readPico(fields, node, "audioOutput", prices.output);
  return prices;
}

function readPico(fields: JsonFields, node: i32, key: string, otherwise: i64): i64 {
  const member = fields.member(node, key);
  if (member < 0) return otherwise;
  const value = parseInteger(fields.tape.raw(member), -1);
  if (value < 0 || value > PICO_USD_MAX) fields.fail(key, "a whole number");
  return value;
}
