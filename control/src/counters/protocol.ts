// The service that Envoys send their counters to, and ask for them when they begin anew:
//
//   service weir.counters.v1.Counters {
//     rpc Restore(RestoreRequest) returns (RestoreResponse);
//     rpc Save(SaveRequest) returns (SaveResponse);
//   }
import { create, createFileRegistry, type DescService } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";

/** One of Envoy's shared values, which holds counters. */
export interface Shard {
  key: Uint8Array;
  value: Uint8Array;
  /** Of the value, counted up by Envoy. */
  version: number;
}

export interface RestoreRequest {
  /** Its name: what an Envoy is known by when it begins anew. */
  envoy: string;
  /** Of this process, as the first answer has called it; empty in the first request. */
  life: Uint8Array;
  /** The last answer's `next`. */
  after: Uint8Array;
}

export interface RestoreResponse {
  life: Uint8Array;
  shards: Pick<Shard, "key" | "value">[];
  /** Where the next page begins; empty on the last one. */
  next: Uint8Array;
}

export interface SaveRequest {
  envoy: string;
  life: Uint8Array;
  shards: Shard[];
}

export interface SaveResponse {
  /** Not empty: nothing of this process is kept any more, and all of it is wanted again. */
  again: Uint8Array;
}

const packageName = "weir.counters.v1";

type Field = [name: string, number: number, type: Type | string];

const string = Type.STRING;
const bytes = Type.BYTES;
const messages: Record<string, Field[]> = {
  Shard: [
    ["key", 1, bytes],
    ["value", 2, bytes],
    ["version", 3, Type.UINT32],
  ],
  RestoreRequest: [
    ["envoy", 1, string],
    ["life", 2, bytes],
    ["after", 3, bytes],
  ],
  RestoreResponse: [
    ["life", 1, bytes],
    ["shards", 2, "Shard"],
    ["next", 3, bytes],
  ],
  SaveRequest: [
    ["envoy", 1, string],
    ["life", 2, bytes],
    ["shards", 3, "Shard"],
  ],
  SaveResponse: [["again", 1, bytes]],
};

/** A message's name stands for a list of them. */
function fieldOf([name, number, type]: Field) {
  if (typeof type !== "string") return { name, number, type, label: Label.OPTIONAL };
  return { name, number, type: Type.MESSAGE, typeName: `.${packageName}.${type}`, label: Label.REPEATED };
}

function methodOf(name: string) {
  return { name, inputType: `.${packageName}.${name}Request`, outputType: `.${packageName}.${name}Response` };
}

/** Its messages are those above. */
export function countersService(): DescService {
  const file = create(FileDescriptorProtoSchema, {
    name: "weir/counters/v1/counters.proto",
    package: packageName,
    syntax: "proto3",
    messageType: Object.entries(messages).map(([name, fields]) => ({ name, field: fields.map(fieldOf) })),
    service: [{ name: "Counters", method: [methodOf("Restore"), methodOf("Save")] }],
  });
  return createFileRegistry(file, () => undefined).getService(`${packageName}.Counters`)!;
}
