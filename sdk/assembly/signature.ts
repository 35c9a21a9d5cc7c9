// Signatures with a private key, made by Envoy's foreign function `sign`.
// https://github.com/envoyproxy/envoy/blob/v1.40.0/source/extensions/common/wasm/ext/sign.proto
import { findField, writeField } from "./bytes/protobuf";
import { Slice } from "./bytes/slice";
import { Writer } from "./bytes/writer";
import { callForeignFunction } from "./foreign-function";

const HASH_FUNCTION: u32 = 1;
const TEXT: u32 = 3;
const PRIVATE_KEY_PEM: u32 = 4;
const SIGNATURE: u32 = 2;
const SHA256 = Slice.of("sha256");

/**
 * Signs `text` by SHA-256 and the key `privateKeyPem` (PKCS #8 or PKCS #1, as PEM): for an RSA key RSASSA-PKCS1-v1_5,
 * as JSON Web Tokens call RS256. Null where the host has no such function or does not take the key.
 */
export function signSha256(privateKeyPem: Slice, text: Slice): Slice | null {
  const writer = new Writer(privateKeyPem.length + text.length + 32);
  writeField(writer, HASH_FUNCTION, SHA256);
  writeField(writer, TEXT, text);
  writeField(writer, PRIVATE_KEY_PEM, privateKeyPem);
  const answer = callForeignFunction("sign", writer.take());
  return answer ? findField(answer, SIGNATURE) : null;
}
