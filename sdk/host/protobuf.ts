// The little protobuf that host functions need: fields of a message by number. Not a general decoder.

/** Length-delimited fields as bytes, varints as numbers; null when the bytes are no protobuf message. */
export function protobufFields(bytes: Uint8Array): Map<number, Uint8Array | number> | null {
  const fields = new Map<number, Uint8Array | number>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; at < bytes.length; shift *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
    return -1;
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    const field = Math.floor(tag / 8);
    if (tag < 0 || value < 0 || field === 0) return null;
    if (tag % 8 === 0) fields.set(field, value);
    else if (tag % 8 === 2 && at + value <= bytes.length) {
      fields.set(field, bytes.subarray(at, at + value));
      at += value;
    } else return null;
  }
  return fields;
}

/** `envoy_grpc.cluster_name` of a serialized `envoy.config.core.v3.GrpcService`, as a byte string; else null. */
export function grpcServiceCluster(service: Uint8Array): string | null {
  const envoyGrpc = protobufFields(service)?.get(1);
  if (!(envoyGrpc instanceof Uint8Array)) return null;
  const name = protobufFields(envoyGrpc)?.get(1);
  return name instanceof Uint8Array ? Buffer.from(name).toString("latin1") : null;
}
