// Harness: the schema check as a plain function over buffers.
import { JsonTape, Slice } from "@weir/sdk/assembly";
import { SchemaChecker } from "../../assembly/json-schema/checker";

export function check(schema: ArrayBuffer, value: ArrayBuffer): ArrayBuffer {
  const schemaTape = new JsonTape();
  const valueTape = new JsonTape();
  if (schemaTape.scan(Slice.wrap(schema))) return Slice.of("no schema").toBuffer();
  if (valueTape.scan(Slice.wrap(value))) return Slice.of("no value").toBuffer();
  return Slice.of(new SchemaChecker(schemaTape).check(schemaTape.root, valueTape)).toBuffer();
}
