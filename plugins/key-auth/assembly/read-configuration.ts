// Reads the plugin's configuration. It is checked here as a whole, so that nothing in it can be wrong later.
import { JsonFields, JsonKind, JsonTape, parseInteger, Slice } from "@weir/sdk/assembly";
import { lineAt } from "@weir/dialects/surfaces/assembly/allow-list";
import { Configuration } from "./configuration";
import { Issuer } from "./issuer";
import { KeyFields } from "./key-fields";
import { Network } from "@weir/sdk/assembly/bytes/network";
import { readSecret, readSignatureRules } from "./signature/read-signature-rules";

const HASH_LETTERS: i32 = 64;

/** Reads `json` into `configuration`. Returns what is wrong, or nothing. */
export function readConfiguration(json: Slice, configuration: Configuration): string {
  const tape = configuration.tape;
  const fault = tape.scan(json);
  if (fault) return "the configuration is not valid JSON at byte " + fault.at.toString();
  if (tape.kind(tape.root) != JsonKind.Object) return "the configuration must be an object";
  const fields = new JsonFields(tape);
  configuration.query = fields.text(tape.root, "query", "query");
  readHeaders(fields, configuration);
  readIssuers(fields, configuration);
  readConsumers(fields, configuration);
  readKeys(fields, configuration);
  readSignatureRules(fields, configuration);
  readSigners(fields, configuration);
  return fields.problem;
}

function readHeaders(fields: JsonFields, configuration: Configuration): void {
  const tape = fields.tape;
  const list = fields.array(tape.root, "headers", "headers");
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    const path = "headers[" + configuration.headers.length.toString() + "]";
    const name = fields.textOf(node, path);
    if (!name.length) fields.fail(path, "a text that is not empty");
    configuration.headers.push(name);
  }
}

function readIssuers(fields: JsonFields, configuration: Configuration): void {
  const tape = fields.tape;
  const list = fields.array(tape.root, "tokens", "tokens");
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    const path = "tokens[" + configuration.issuers.length.toString() + "]";
    const claims = fields.requiredText(node, "claims", path + ".claims").toText();
    const names: StaticArray<string> = [
      fields.requiredText(node, "name", path + ".name").toText(),
      fields.text(node, "organization", path + ".organization").toText(),
      fields.text(node, "team", path + ".team").toText(),
      fields.text(node, "user", path + ".user").toText(),
    ];
    configuration.issuers.push(new Issuer(claims, names));
  }
}

function readConsumers(fields: JsonFields, configuration: Configuration): void {
  const tape = fields.tape;
  const list = fields.array(tape.root, "consumers", "consumers");
  if (list < 0) fields.fail("consumers", "a list");
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    const path = "consumers[" + configuration.consumers.length.toString() + "]";
    configuration.consumers.push(node);
    if (fields.objectOf(node, path) < 0) continue;
    const name = fields.requiredText(node, "name", path + ".name");
    if (configuration.issuers.length) configuration.consumersByName.set(name.toText(), node);
    const wrong = listProblem(tape, node);
    if (wrong.length) fields.fail(path, wrong);
    fields.text(node, "organization", path + ".organization");
    fields.text(node, "team", path + ".team");
    fields.text(node, "user", path + ".user");
  }
}

function readKeys(fields: JsonFields, configuration: Configuration): void {
  const tape = fields.tape;
  const list = fields.array(tape.root, "keys", "keys");
  if (list < 0) fields.fail("keys", "a list");
  let index = 0;
  for (let node = tape.first(list); node >= 0; node = tape.next(node), ++index) {
    const wrong = problemOf(tape, node, configuration.consumers.length);
    if (wrong.length) return fields.fail("keys[" + index.toString() + "]", wrong);
    if (!configuration.keys.add(node)) {
      return fields.fail("keys[" + index.toString() + "].sha256", "a hash that no other key has");
    }
  }
}

/** A signer is a key whose hash is that of its id, with a secret. */
function readSigners(fields: JsonFields, configuration: Configuration): void {
  const tape = fields.tape;
  const list = fields.array(tape.root, "signers", "signers");
  let index = 0;
  for (let node = tape.first(list); node >= 0; node = tape.next(node), ++index) {
    const path = "signers[" + index.toString() + "]";
    const wrong = problemOf(tape, node, configuration.consumers.length);
    if (wrong.length) return fields.fail(path, wrong);
    readSecret(fields, node, path, configuration);
    if (!configuration.signatures.signers.add(node)) {
      return fields.fail(path + ".sha256", "a hash that no other signer has");
    }
    configuration.signatures.isUsed = true;
  }
}

/** What a key must be and is not; empty where nothing is wrong. There may be thousands, so no path is made for each. */
function problemOf(tape: JsonTape, node: i32, consumers: i32): string {
  if (tape.kind(node) != JsonKind.Object) return "an object";
  if (!isHash(tape.text(tape.find(node, KeyFields.SHA256))))
    return "an object with a sha256 of 64 lower-case hex digits";
  const consumer = tape.find(node, KeyFields.CONSUMER);
  const number = parseInteger(tape.raw(consumer), -1);
  if (number < 0 || number >= consumers) return "an object with the number of a consumer";
  if (!tape.text(tape.find(node, KeyFields.NAME)).length) return "an object with a name";
  const expires = tape.find(node, KeyFields.EXPIRES_MS);
  if (expires >= 0 && parseInteger(tape.raw(expires), -1) < 0) return "an object whose expiresMs is a whole number";
  return listProblem(tape, node);
}

/** An empty list would leave open what it is to close. */
function listProblem(tape: JsonTape, node: i32): string {
  const models = tape.find(node, KeyFields.MODELS);
  if (models >= 0 && !tape.text(models).length) return "an object whose models are a text that is not empty";
  const routes = tape.find(node, KeyFields.ROUTES);
  if (routes >= 0 && !tape.text(routes).length) return "an object whose routes are a text that is not empty";
  const networks = tape.find(node, KeyFields.NETWORKS);
  if (networks >= 0 && !areNetworks(tape.text(networks))) return "an object whose networks are networks";
  return "";
}

function isHash(text: Slice): bool {
  if (text.length != HASH_LETTERS) return false;
  for (let i = 0; i < HASH_LETTERS; ++i) {
    const letter = text.at(i);
    if (!(letter >= 0x30 && letter <= 0x39) && !(letter >= 0x61 && letter <= 0x66)) return false;
  }
  return true;
}

function areNetworks(text: Slice): bool {
  if (!text.length) return false;
  for (let from = 0; from < text.length;) {
    const line = lineAt(text, from);
    if (!Network.parse(line)) return false;
    from += line.length + 1;
  }
  return true;
}
