// Reads servers that stand in front of others. What is wrong with one is kept, so that it alone does not serve.
import { JsonFields, Slice } from "@weir/sdk/assembly";
import { McpServer, ServerSettings } from "../protocol/server";
import { readSchemes, ToolReader } from "../rest/read-server";
import { Alias, Member, Prefix, RelayServer } from "./relay-server";
import { Remote } from "./remote";
import { SessionVault } from "./session";

const SSE = Slice.of("sse");
const LEGACY = Slice.of("legacy");
const MODERN = Slice.of("modern");
const ALWAYS = Slice.of("always");
const NEVER = Slice.of("never");
const listTimeoutMsDefault: i32 = 5000;
const timeoutMsDefault: i32 = 30_000;

/** A server of mode `proxy`. */
export function readProxy(
  fields: JsonFields,
  node: i32,
  path: string,
  settings: ServerSettings,
  vault: SessionVault,
): RelayServer {
  const server = new RelayServer(fields.text(node, "name", path + ".name"), settings, vault);
  const remote = new Remote();
  server.remote = remote;
  const own = new Member(server.name);
  own.server = server;
  server.members.push(own);
  readAllowed(fields, node, path, server);
  readUpstream(fields, node, path, remote);
  const reader = new ToolReader(fields, path, readSchemes(fields, node, path));
  remote.credentials.fromClient = reader.readUse(node, "defaultDownstreamSecurity", path);
  remote.credentials.toServer = reader.readUse(node, "defaultUpstreamSecurity", path);
  remote.timeoutMs = fields.integer(node, "timeoutMs", 1, timeoutMsDefault, path + ".timeoutMs");
  const inner = fields.text(node, "innerCluster", path + ".innerCluster");
  if (inner.length) server.innerRemote = remote.behind(inner, server.name);
  return server;
}

function readUpstream(fields: JsonFields, node: i32, path: string, remote: Remote): void {
  const tape = fields.tape;
  const address = tape.first(fields.array(node, "upstreams", path + ".upstreams"));
  if (address < 0) return fields.fail(path + ".upstreams", "must have an address");
  remote.cluster = fields.requiredText(address, "cluster", path + ".upstreams[0].cluster");
  remote.authority = fields.requiredText(address, "authority", path + ".upstreams[0].authority");
  const upstreamPath = path + ".upstream";
  const upstream = fields.object(node, "upstream", upstreamPath);
  if (upstream < 0) return fields.fail(upstreamPath, "must be there");
  remote.path = fields.requiredText(upstream, "path", upstreamPath + ".path");
  remote.isSse = fields.text(upstream, "transport", upstreamPath + ".transport").equals(SSE);
  const protocol = fields.text(upstream, "protocol", upstreamPath + ".protocol");
  remote.mayBeLegacy = !protocol.equals(MODERN);
  remote.mayBeModern = !protocol.equals(LEGACY);
  const timeoutPath = upstreamPath + ".listTimeoutMs";
  remote.listTimeoutMs = fields.integer(upstream, "listTimeoutMs", 1, listTimeoutMsDefault, timeoutPath);
  const headers = fields.array(upstream, "headers", upstreamPath + ".headers");
  for (let each = tape.first(headers); each >= 0; each = tape.next(each)) {
    const name = fields.requiredText(each, "name", upstreamPath + ".headers[].name");
    const value = fields.text(each, "value", upstreamPath + ".headers[].value");
    remote.credentials.headers.add(Slice.of(name.toText().toLowerCase()), value);
  }
}

/** A server of mode `multiplex` or `toolSet`; who its members are is found once all servers are read. */
export function readMultiplex(
  fields: JsonFields,
  node: i32,
  path: string,
  settings: ServerSettings,
  vault: SessionVault,
): RelayServer {
  const server = new RelayServer(fields.text(node, "name", path + ".name"), settings, vault);
  const prefix = fields.text(node, "prefix", path + ".prefix");
  server.prefix = prefix.equals(ALWAYS) ? Prefix.Always : prefix.equals(NEVER) ? Prefix.Never : Prefix.Conditional;
  server.separator = fields.text(node, "separator", path + ".separator", server.separator);
  server.isToolsOnly = fields.flag(node, "toolsOnly", path + ".toolsOnly");
  server.notificationsFrom = fields.text(node, "notificationsFrom", path + ".notificationsFrom");
  readAllowed(fields, node, path, server);
  const list = fields.array(node, "members", path + ".members");
  for (let each = fields.tape.first(list); each >= 0; each = fields.tape.next(each)) {
    server.members.push(readMember(fields, each, path + ".members[" + server.members.length.toString() + "]"));
  }
  return server;
}

function readMember(fields: JsonFields, node: i32, path: string): Member {
  const tape = fields.tape;
  const member = new Member(fields.requiredText(node, "server", path + ".server"));
  member.isLimited = readTexts(fields, node, "tools", path, member.tools);
  const aliases = fields.object(node, "aliases", path + ".aliases");
  for (let each = tape.first(aliases); each >= 0; each = tape.next(each)) {
    member.aliases.push(new Alias(tape.keyText(each).copy(), fields.textOf(each, path + ".aliases")));
  }
  return member;
}

function readAllowed(fields: JsonFields, node: i32, path: string, server: RelayServer): void {
  server.hasAllowTools = readTexts(fields, node, "allowTools", path, server.allowTools);
}

/** Whether there is a list. */
function readTexts(fields: JsonFields, node: i32, key: string, path: string, texts: Slice[]): bool {
  const tape = fields.tape;
  const list = fields.array(node, key, path + "." + key);
  for (let each = tape.first(list); each >= 0; each = tape.next(each))
    texts.push(fields.textOf(each, path + "." + key));
  return list >= 0;
}

/** Finds the members of all servers. */
export function joinMembers(servers: McpServer[]): void {
  for (let i = 0; i < servers.length; ++i) {
    const server = servers[i];
    if (!(server instanceof RelayServer)) continue;
    const members = (<RelayServer>server).members;
    for (let at = 0; at < members.length; ++at) {
      const member = members[at];
      for (let other = 0; other < servers.length && !member.server; ++other) {
        const isIt = servers[other].name.equals(member.name);
        // A server of servers is no member: it might be its own.
        if (!isIt || isSum(servers[other])) continue;
        member.server = servers[other];
        member.isJoined = true;
      }
    }
  }
}

function isSum(server: McpServer): bool {
  return server instanceof RelayServer && !(<RelayServer>server).remote;
}
