// Reads what a target authenticates itself with: fixed headers, a key in a header, an AWS or a Google account.
import { AwsCredentials, environment, JsonFields, logWarn, Slice, Writer } from "@weir/sdk/assembly";
import { HeaderField, Target } from "../target";
import { AwsAuthorizer } from "./aws-authorizer";
import { GoogleAuthorizer } from "./google-authorizer";
import { ServiceAccount } from "./service-account";
import { TokenEndpoint } from "./token-callout";

// Shorter values are words that an error message may well hold for itself.
const secretBytesMin: i32 = 6;
const headerSecretBytesMin: i32 = 16;
const SCOPE = Slice.of("https://www.googleapis.com/auth/cloud-platform");
const TOKEN_PATH = Slice.of("/token");
const BEDROCK = Slice.of("bedrock");

/** Reads `headers`. */
export function readHeaders(fields: JsonFields, node: i32, target: Target, path: string): void {
  const tape = fields.tape;
  const list = fields.array(node, "headers", path);
  let index = 0;
  for (let item = tape.first(list); item >= 0; item = tape.next(item), ++index) {
    const itemPath = path + "[" + index.toString() + "]";
    if (fields.objectOf(item, itemPath) < 0) continue;
    const name = headerName(fields, item, "name", itemPath + ".name");
    const value = readValue(fields, item, itemPath);
    if (!value) continue;
    if (!isHeaderValue(value)) fields.fail(itemPath + ".value", "a header value");
    target.headers.push(new HeaderField(name, value, fields.flag(item, "ifAbsent", itemPath + ".ifAbsent")));
    if (value.length >= headerSecretBytesMin) target.secrets.push(value);
  }
}

/** Reads `credential`. Token requests are made on behalf of the root context `rootId`. */
export function readCredential(fields: JsonFields, node: i32, target: Target, rootId: u32): void {
  if (node < 0) return;
  const path = "targets." + target.cluster.toText() + ".credential";
  const kind = fields.text(node, "kind", path + ".kind").toText();
  if (kind == "aws") readAws(fields, node, target, path);
  else if (kind == "google") readGoogle(fields, node, target, rootId);
  else if (kind.length) fields.fail(path + ".kind", "aws or google");
  else readKey(fields, node, target, path);
}

function readKey(fields: JsonFields, node: i32, target: Target, path: string): void {
  const name = headerName(fields, node, "header", path + ".header");
  const prefix = fields.text(node, "prefix", path + ".prefix");
  const value = readValue(fields, node, path);
  target.hasCredential = value != null;
  if (!value) return;
  const whole = new Writer().bytes(prefix).bytes(value).take();
  if (!isHeaderValue(whole)) fields.fail(path + ".value", "a header value");
  target.headers.push(new HeaderField(name, whole));
  if (value.length >= secretBytesMin) target.secrets.push(value);
}

function readAws(fields: JsonFields, node: i32, target: Target, path: string): void {
  const region = fields.requiredText(node, "region", path + ".region");
  const service = fields.text(node, "service", path + ".service", BEDROCK);
  const id = readSecret(fields, node, "accessKeyId", path, target);
  const key = readSecret(fields, node, "secretAccessKey", path, target);
  const hasToken = fields.member(node, "sessionToken") >= 0;
  const token = hasToken ? readSecret(fields, node, "sessionToken", path, target) : Slice.empty();
  target.authorizer = new AwsAuthorizer(region, service, new AwsCredentials(id, key, token));
}

function readGoogle(fields: JsonFields, node: i32, target: Target, rootId: u32): void {
  const path = "targets." + target.cluster.toText() + ".credential";
  const json = readSecret(fields, node, "serviceAccount", path, target);
  const endpoint = new TokenEndpoint(
    rootId,
    fields.requiredText(node, "tokenCluster", path + ".tokenCluster"),
    fields.requiredText(node, "tokenAuthority", path + ".tokenAuthority"),
    fields.text(node, "tokenPath", path + ".tokenPath", TOKEN_PATH),
  );
  if (!target.hasCredential) return;
  const account = ServiceAccount.read(json, fields.text(node, "scope", path + ".scope", SCOPE));
  if (account) target.authorizer = new GoogleAuthorizer(account, endpoint, target.secrets);
  else fields.fail(path + ".serviceAccount", "the JSON of a service account's key");
}

/** The secret that the member `key` is or names; without it the target has no credential. */
function readSecret(fields: JsonFields, node: i32, key: string, path: string, target: Target): Slice {
  const keyPath = path + "." + key;
  const member = fields.object(node, key, keyPath);
  if (member < 0) fields.fail(keyPath, "an object with a value or an environment");
  const value = readValue(fields, member, keyPath);
  if (!value) {
    target.hasCredential = false;
    return Slice.empty();
  }
  if (value.length >= secretBytesMin) target.secrets.push(value);
  return value;
}

function headerName(fields: JsonFields, node: i32, key: string, path: string): Slice {
  const name = fields.requiredText(node, key, path);
  for (let i = 0; i < name.length; ++i) {
    if (!isNameByte(name.at(i))) fields.fail(path, "a header name in lower case");
  }
  return name;
}

/** Lower-case letters, digits and the hyphen, underscore and dot: what header names consist of in practice. */
function isNameByte(byte: u8): bool {
  return <u32>byte - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x2d || byte == 0x5f || byte == 0x2e;
}

/** Without control characters: a line end would begin another header. */
function isHeaderValue(value: Slice): bool {
  for (let i = 0; i < value.length; ++i) if (value.at(i) < 0x20 || value.at(i) == 0x7f) return false;
  return true;
}

/** `value`, or what the environment variable named by `environment` holds; null where that is not there. */
function readValue(fields: JsonFields, node: i32, path: string): Slice | null {
  const variable = fields.text(node, "environment", path + ".environment");
  if (!variable.length) return fields.requiredText(node, "value", path + ".value");
  const value = environment(variable.toText());
  if (value && value.length) return Slice.of(value);
  logWarn("ai-proxy: " + path + ".environment: the variable " + variable.toText() + " is not set");
  return null;
}
