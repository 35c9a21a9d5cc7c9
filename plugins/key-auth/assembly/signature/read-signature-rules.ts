// Reads what the configuration says of signatures: `signatures` and `signers`.
import { environment, HmacHash, JsonFields, logWarn, parseInteger, Slice } from "@weir/sdk/assembly";
import { Configuration } from "../configuration";
import { ALGORITHMS } from "./rules";

const CLOCK_SKEW_MS_MAX: i64 = 86_400_000;

/** Reads both; what is wrong is noted in `fields`. */
export function readSignatureRules(fields: JsonFields, configuration: Configuration): void {
  const tape = fields.tape;
  const node = fields.object(tape.root, "signatures", "signatures");
  if (node < 0) return;
  const rules = configuration.signatures;
  rules.requiresDigest = fields.flag(node, "requireDigest", "signatures.requireDigest");
  rules.requiresNonce = fields.flag(node, "requireNonce", "signatures.requireNonce");
  rules.nonceHeader = fields.requiredText(node, "nonceHeader", "signatures.nonceHeader");
  const skewMs = parseInteger(tape.raw(fields.member(node, "clockSkewMs")), -1);
  if (skewMs < 1 || skewMs > CLOCK_SKEW_MS_MAX) {
    fields.fail("signatures.clockSkewMs", "a whole number from 1 to " + CLOCK_SKEW_MS_MAX.toString());
  }
  rules.clockSkewMs = skewMs;
  const headers = textsOf(fields, node, "signedHeaders");
  for (let i = 0; i < headers.length; ++i) rules.signedHeaders.push(headers[i]);
  const algorithms = textsOf(fields, node, "algorithms");
  for (let i = 0; i < algorithms.length; ++i) allow(fields, configuration, algorithms[i]);
}

function textsOf(fields: JsonFields, object: i32, key: string): Slice[] {
  const texts: Slice[] = [];
  const path = "signatures." + key;
  const list = fields.array(object, key, path);
  const tape = fields.tape;
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) texts.push(fields.textOf(node, path));
  return texts;
}

function allow(fields: JsonFields, configuration: Configuration, name: Slice): void {
  for (let i = 0; i < ALGORITHMS.length; ++i) {
    if (ALGORITHMS[i].equals(name)) return configuration.signatures.allow(<HmacHash>i);
  }
  fields.fail("signatures.algorithms", "names of algorithms");
}

/** Keeps the secret of a signer that the environment holds. Without it the signer is known, and never right. */
export function readSecret(fields: JsonFields, node: i32, path: string, configuration: Configuration): void {
  const variable = fields.text(node, "environment", path + ".environment");
  if (!variable.length) {
    fields.requiredText(node, "secret", path + ".secret");
    return;
  }
  const value = environment(variable.toText());
  if (value && value.length) configuration.secretsOfEnvironment.set(node, Slice.of(value));
  else logWarn("key-auth: " + path + ".environment: the variable " + variable.toText() + " is not set");
}
