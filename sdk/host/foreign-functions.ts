// Foreign functions: what a plugin may call by name through `proxy_call_foreign_function`.
// The stock ones of Envoy are here; a test adds its own. Of Envoy's, `expr_*` (CEL) is not built in.
// Source: source/extensions/common/wasm/foreign.cc of Envoy.
import { createPrivateKey, sign as signBytes } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import { Status } from "./abi.ts";
import type { Context, RootContext } from "./context.ts";
import { protobufFields } from "./protobuf.ts";

/** Gets the arguments; returns the result, or a status (Status.Ok: done, nothing to return). */
export type ForeignFunction = (args: Uint8Array, caller: ForeignCaller) => Uint8Array | number;

/** Who calls. `root.foreignFunction(id, data)` calls the plugin's `onForeignFunction` back. */
export interface ForeignCaller {
  context: Context;
  root: RootContext;
}

export const stockForeignFunctions: Record<string, ForeignFunction> = {
  compress: (args) => deflateSync(args),
  uncompress: (args) => attempt(() => inflateSync(args)),
  clear_route_cache: (_args, { context }) => {
    context.clearRouteCache();
    return Status.Ok;
  },
  set_envoy_filter_state: setEnvoyFilterState,
  declare_property: declareProperty,
  sign,
};

function attempt(action: () => Uint8Array): Uint8Array | number {
  try {
    return action();
  } catch {
    return Status.SerializationFailure;
  }
}

/** SetEnvoyFilterStateArguments: path = 1, value = 2, span = 3. Any path is accepted; Envoy knows only its own. */
function setEnvoyFilterState(args: Uint8Array, { context }: ForeignCaller): number {
  const fields = protobufFields(args);
  if (!fields) return Status.BadArgument;
  const { filterState } = context.properties;
  if (!filterState) return Status.NotFound;
  filterState.set(text(fields.get(1)), bytes(fields.get(2)));
  return Status.Ok;
}

/** DeclarePropertyArguments: name = 1, readonly = 4. Declaring a name twice in one root is refused. */
function declareProperty(args: Uint8Array, { root }: ForeignCaller): number {
  const fields = protobufFields(args);
  if (!fields) return Status.BadArgument;
  const name = text(fields.get(1));
  if (root.declaredProperties.has(name)) return Status.BadArgument;
  root.declaredProperties.set(name, { readonly: fields.get(4) === 1 });
  return Status.Ok;
}

/** SignArguments: hash_function = 1, private_key = 2 (DER), text = 3, private_key_pem = 4. */
function sign(args: Uint8Array): Uint8Array | number {
  const fields = protobufFields(args);
  if (!fields || fields.has(2) === fields.has(4)) return Status.BadArgument;
  try {
    const key = fields.has(4)
      ? createPrivateKey(text(fields.get(4)))
      : createPrivateKey({ key: Buffer.from(bytes(fields.get(2))), format: "der", type: "pkcs8" });
    return signResult(signBytes(text(fields.get(1)), bytes(fields.get(3)), key));
  } catch {
    return Status.BadArgument;
  }
}

/** SignResult: result = 1, signature = 2. */
function signResult(signature: Uint8Array): Uint8Array {
  const size = signature.length;
  const length = size < 128 ? [size] : [(size & 127) | 128, size >> 7];
  return Uint8Array.from([0x08, 1, 0x12, ...length, ...signature]);
}

function bytes(field: Uint8Array | number | undefined): Uint8Array {
  return field instanceof Uint8Array ? Uint8Array.from(field) : new Uint8Array(0);
}

function text(field: Uint8Array | number | undefined): string {
  return Buffer.from(bytes(field)).toString("latin1");
}
