// A list of results as every provider has it: index, relevance_score, and the document where it is given back.
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { rawAt } from "./content";
import * as names from "./names";
import { DOCUMENT, RELEVANCE_SCORE } from "./rerank-names";
import { RerankResponse, RerankResult } from "./rerank";

/** Reads the results at `list`. */
export function decodeResults(tape: JsonTape, list: i32, response: RerankResponse): Fault | null {
  if (tape.kind(list) != JsonKind.Array) return new Fault(FaultCode.InvalidFormat, 0, "The answer has no results");
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    const index = tape.find(node, names.INDEX);
    const at = tape.kind(index) == JsonKind.Number ? tape.integer(index) : -1;
    const score = tape.find(node, RELEVANCE_SCORE);
    const rawScore = tape.kind(score) == JsonKind.Number ? tape.raw(score) : Slice.empty();
    response.results.push(new RerankResult(at, rawScore, rawAt(tape, node, DOCUMENT)));
  }
  return null;
}
