// Reads who may use what of a server.
import { JsonFields, Slice } from "@weir/sdk/assembly";
import { AccessRule, RequiredClaim } from "./access-rules";
import { ProtectedResource } from "./protected-resource";
import { ServerSettings } from "./server";

/** Reads `access` and `tokens` of the server at `node`. */
export function readAccessRules(fields: JsonFields, node: i32, path: string, settings: ServerSettings): void {
  const tape = fields.tape;
  const tokens = readTexts(fields, node, "tokens", path);
  if (tokens) for (let i = 0; i < tokens.length; ++i) settings.tokens.push(tokens[i].toText());
  const list = fields.array(node, "access", path + ".access");
  for (let each = tape.first(list); each >= 0; each = tape.next(each)) {
    settings.rules.push(readRule(fields, each, path + ".access[" + settings.rules.length.toString() + "]"));
  }
}

function readRule(fields: JsonFields, node: i32, path: string): AccessRule {
  const rule = new AccessRule();
  rule.consumers = readTexts(fields, node, "consumers", path);
  rule.organizations = readTexts(fields, node, "organizations", path);
  rule.teams = readTexts(fields, node, "teams", path);
  rule.users = readTexts(fields, node, "users", path);
  const scopes = readTexts(fields, node, "scopes", path);
  if (scopes) rule.scopes = scopes;
  rule.tools = readTexts(fields, node, "tools", path);
  rule.prompts = readTexts(fields, node, "prompts", path);
  rule.resources = readTexts(fields, node, "resources", path);
  readClaims(fields, node, path, rule);
  return rule;
}

function readClaims(fields: JsonFields, node: i32, path: string, rule: AccessRule): void {
  const tape = fields.tape;
  const claims = fields.object(node, "claims", path + ".claims");
  for (let each = tape.first(claims); each >= 0; each = tape.next(each)) {
    const name = tape.keyText(each).toText();
    const values = readTexts(fields, claims, name, path + ".claims");
    if (values) rule.claims.push(new RequiredClaim(name, values));
  }
}

/** A list of texts; null where there is none. */
function readTexts(fields: JsonFields, node: i32, key: string, path: string): Slice[] | null {
  const tape = fields.tape;
  const listPath = path + "." + key;
  const list = fields.array(node, key, listPath);
  if (list < 0) return null;
  const texts: Slice[] = [];
  for (let each = tape.first(list); each >= 0; each = tape.next(each)) {
    texts.push(fields.textOf(each, listPath + "[" + texts.length.toString() + "]"));
  }
  return texts;
}

/** Where tokens for the server at `node` come from; null where nothing is said of it. */
export function readProtectedResource(fields: JsonFields, node: i32, path: string): ProtectedResource | null {
  const oauthPath = path + ".oauth";
  const oauth = fields.object(node, "oauth", oauthPath);
  if (oauth < 0) return null;
  const url = fields.text(oauth, "resource", oauthPath + ".resource");
  const endpoint = fields.requiredText(oauth, "path", oauthPath + ".path");
  const resource = new ProtectedResource(url, endpoint, fields.text(oauth, "title", oauthPath + ".title"));
  pushAll(resource.authorizationServers, readTexts(fields, oauth, "authorizationServers", oauthPath));
  pushAll(resource.scopes, readTexts(fields, oauth, "scopes", oauthPath));
  return resource;
}

function pushAll(texts: Slice[], more: Slice[] | null): void {
  if (more) for (let i = 0; i < more.length; ++i) texts.push(more[i]);
}
