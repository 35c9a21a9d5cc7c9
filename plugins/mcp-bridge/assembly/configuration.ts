// The plugin's configuration: servers, each read by itself. One that is wrong says so to its clients; the others serve.
import { environment, JsonEdit, JsonFields, JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { callRouteOf } from "./name-route";
import { readAccessRules, readProtectedResource } from "./protocol/read-access-rules";
import { McpServer, ServerSettings } from "./protocol/server";
import { joinMembers, readMultiplex, readProxy } from "./relay/read-relay";
import { SessionVault } from "./relay/session";
import { readRestServer } from "./rest/read-server";

const REST = Slice.of("rest");
const PROXY = Slice.of("proxy");
const MULTIPLEX = Slice.of("multiplex");
const TOOL_SET = Slice.of("toolSet");
const ENVIRONMENT = Slice.of("$env");
const requestBytesMaxDefault: i32 = 4 * 1024 * 1024;
const responseBytesMaxDefault: i32 = 1024 * 1024;
const pageSizeDefault: i32 = 100;
const listTtlMsDefault: i32 = 60_000;

/** The configuration of one plugin instance. */
@final
export class Configuration {
  readonly servers: McpServer[] = [];
  /** Whether messages are measured. */
  hasMetrics: bool = false;
  /** Whether nobody reads what is learned of them. */
  isSilent: bool = false;

  /** The server of this name, or null. */
  serverNamed(name: Slice): McpServer | null {
    for (let i = 0; i < this.servers.length; ++i) if (this.servers[i].name.equals(name)) return this.servers[i];
    return null;
  }
}

/** Reads `json` into `configuration`. Returns what is wrong with all of it, or nothing. */
export function readConfiguration(json: Slice, configuration: Configuration): string {
  const tape = new JsonTape();
  const fault = tape.scan(withEnvironment(json));
  if (fault) return "the configuration is not valid JSON at byte " + fault.at.toString();
  if (tape.kind(tape.root) != JsonKind.Object) return "the configuration must be an object";
  configuration.isSilent = tape.isTrue(tape.find(tape.root, Slice.of("silent")));
  configuration.hasMetrics = tape.isTrue(tape.find(tape.root, Slice.of("metrics")));
  const list = tape.find(tape.root, Slice.of("servers"));
  if (tape.kind(list) != JsonKind.Array) return "servers must be a list";
  const vault = readVault(tape);
  let index = 0;
  for (let node = tape.first(list); node >= 0; node = tape.next(node), ++index) {
    const path = "servers[" + index.toString() + "]";
    const fields = new JsonFields(tape);
    const settings = readSettings(fields, node, path);
    const server = readServer(fields, node, path, settings, vault);
    if (!server.name.length) return path + " must have a name";
    const told = fields.text(node, "problem", path + ".problem").toText();
    server.problem = told.length ? told : fields.problem;
    configuration.servers.push(server);
  }
  joinMembers(configuration.servers);
  return "";
}

/** By its mode: each is made of something else. */
function readServer(
  fields: JsonFields,
  node: i32,
  path: string,
  settings: ServerSettings,
  vault: SessionVault,
): McpServer {
  const mode = fields.text(node, "mode", path + ".mode", REST);
  if (mode.equals(PROXY)) return readProxy(fields, node, path, settings, vault);
  if (mode.equals(MULTIPLEX) || mode.equals(TOOL_SET)) return readMultiplex(fields, node, path, settings, vault);
  if (!mode.equals(REST)) fields.fail(path + ".mode", "must be rest, proxy, multiplex or toolSet");
  return readRestServer(fields, node, path, settings);
}

/** What sessions are encrypted with. */
function readVault(tape: JsonTape): SessionVault {
  const vault = new SessionVault();
  const list = tape.find(tape.root, Slice.of("sessionSecrets"));
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) vault.add(tape.text(node).copy());
  return vault;
}

/** Each `{"$env": NAME}` gives way to that variable's text: where secrets stay out of the configuration. */
function withEnvironment(json: Slice): Slice {
  const tape = new JsonTape();
  if (json.find(ENVIRONMENT) < 0 || tape.scan(json)) return json;
  const edit = new JsonEdit(tape);
  for (let node = 0; node < tape.length; ++node) {
    const name = tape.find(node, ENVIRONMENT);
    if (tape.kind(name) != JsonKind.String) continue;
    const value = environment(tape.text(name).toText());
    edit.replace(node, new JsonWriter(new Writer()).text(Slice.of(value ? value : "")).output.take());
  }
  return edit.apply();
}

function readSettings(fields: JsonFields, node: i32, path: string): ServerSettings {
  const settings = new ServerSettings();
  const info = fields.object(node, "info", path + ".info");
  settings.info = info < 0 ? Slice.of('{"name":"weir","version":"1.0.0"}') : fields.tape.raw(info);
  settings.instructions = fields.text(node, "instructions", path + ".instructions");
  settings.isStrict = !fields.text(node, "headerValidation", path + ".headerValidation").equals(Slice.of("lenient"));
  const requestPath = path + ".requestBytesMax";
  settings.requestBytesMax = fields.integer(node, "requestBytesMax", 1, requestBytesMaxDefault, requestPath);
  const responsePath = path + ".responseBytesMax";
  settings.responseBytesMax = fields.integer(node, "responseBytesMax", 1, responseBytesMaxDefault, responsePath);
  settings.pageSize = fields.integer(node, "pageSize", 1, pageSizeDefault, path + ".pageSize");
  settings.listTtlMs = fields.integer(node, "listTtlMs", 0, listTtlMsDefault, path + ".listTtlMs");
  settings.isPrivate = fields.flag(node, "private", path + ".private");
  if (fields.flag(node, "oneCluster", path + ".oneCluster")) settings.callRoute = readCallRoute(fields, node, path);
  settings.toolsHeader = fields.text(node, "toolsHeader", path + ".toolsHeader");
  settings.stateKey = fields.text(node, "stateKey", path + ".stateKey");
  readAccessRules(fields, node, path, settings);
  settings.resource = readProtectedResource(fields, node, path);
  readTexts(fields, node, "allowedHosts", path, settings.access.hosts);
  readTexts(fields, node, "allowedOrigins", path, settings.access.origins);
  return settings;
}

function readCallRoute(fields: JsonFields, node: i32, path: string): Slice {
  const upstream = fields.tape.first(fields.array(node, "upstreams", path + ".upstreams"));
  const cluster = fields.text(upstream, "cluster", path + ".upstreams[0].cluster");
  return callRouteOf(fields.text(node, "name", path + ".name"), cluster);
}

function readTexts(fields: JsonFields, node: i32, key: string, path: string, texts: Slice[]): void {
  const tape = fields.tape;
  const list = fields.array(node, key, path + "." + key);
  for (let each = tape.first(list); each >= 0; each = tape.next(each)) {
    texts.push(fields.textOf(each, path + "." + key + "[" + texts.length.toString() + "]"));
  }
}
