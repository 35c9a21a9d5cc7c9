// How a client begins to talk to several servers at once, or to one: what they say of themselves, as one answer.
// https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle
// https://modelcontextprotocol.io/specification/2026-07-28/server/discover
import { JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { isLegacy, LEGACY_LATEST, MODERN } from "../protocol/version";
import { Absence, LocalLists } from "./catalog";
import { Link, LinkListener } from "./link";
import { RelayRequest } from "./relay-request";
import { RelayServer } from "./relay-server";
import { Session, SessionPart } from "./session";
import { CapabilitySum, writeTroubles } from "./write-list";

const VERSION = Slice.of("protocolVersion");
const CAPABILITIES = Slice.of("capabilities");
const CLIENT = Slice.of("clientInfo");
const SERVER_INFO = Slice.of("serverInfo");
const SERVER_INFO_KEY = Slice.of("io.modelcontextprotocol/serverInfo");
const INSTRUCTIONS = Slice.of("instructions");
const SUPPORTED = Slice.of("supportedVersions");
const META = Slice.of("_meta");
const RESULT_TYPE = Slice.of("resultType");
const TTL_MS = Slice.of("ttlMs");
const CACHE_SCOPE = Slice.of("cacheScope");

/** Whoever waits for it. */
export interface GreetingListener {
  onGreeted(greeting: Greeting): void;
}

/** One greeting. */
@final
export class Greeting implements LinkListener {
  readonly links: Link[] = [];
  readonly absences: Absence[] = [];
  private pending: i32 = 1;

  constructor(
    private readonly server: RelayServer,
    readonly request: RelayRequest,
    private readonly listener: GreetingListener,
  ) {}

  /** Greets all. The listener is told in any case, maybe at once. */
  start(access: LocalLists): void {
    const members = this.server.members;
    for (let i = 0; i < members.length; ++i) {
      const link = access.linkTo(members[i]);
      const problem = members[i].problem;
      if (!link && !problem.length) continue;
      if (!link) {
        this.absences.push(new Absence(members[i], problem));
        continue;
      }
      ++this.pending;
      link.index = i;
      if (!this.request.isModern) this.introduce(link);
      link.open(this.request.isModern, true, this);
    }
    this.settle();
  }

  /** Says who the client is. */
  private introduce(link: Link): void {
    link.greeting = this.request.rawParams;
    link.isReady = false;
    const tape = new JsonTape();
    if (tape.scan(this.request.rawParams)) return;
    const capabilities = tape.find(tape.root, CAPABILITIES);
    const client = tape.find(tape.root, CLIENT);
    if (tape.kind(capabilities) == JsonKind.Object) link.clientCapabilities = tape.raw(capabilities);
    if (tape.kind(client) == JsonKind.Object) link.client = tape.raw(client);
  }

  onLinked(link: Link): void {
    if (link.failure.length) this.absences.push(new Absence(this.server.members[link.index], link.failure));
    else this.links.push(link);
    this.settle();
  }

  private settle(): void {
    if (!--this.pending) this.listener.onGreeted(this);
  }

  /** Whether nobody is there. */
  get isEmpty(): bool {
    return this.absences.length > 0 && this.absences.length == this.server.members.length;
  }

  /** The session that begins so. */
  session(): Session {
    const session = new Session();
    for (let i = 0; i < this.links.length; ++i) {
      const link = this.links[i];
      session.capabilities = link.clientCapabilities;
      session.client = link.client;
      session.parts.push(new SessionPart(link.name, link.sessionId, link.version, link.isModern));
    }
    return session;
  }

  /** What the client is answered: a result. */
  result(): Slice {
    const isModern = this.request.isModern;
    if (this.server.isSingle && this.links.length && this.links[0].isModern == isModern) return this.links[0].info;
    const json = new JsonWriter(new Writer(1024)).beginObject();
    if (isModern) json.key(SUPPORTED).beginArray().text(MODERN).endArray();
    else json.key(VERSION).text(this.version());
    json.key(CAPABILITIES);
    if (this.server.isSingle) this.writeSingle(json, isModern);
    else this.writeSum(json, isModern);
    if (isModern) json.key(TTL_MS).integer(0).key(CACHE_SCOPE).text(Slice.of("private"));
    writeTroubles(json, this.absences, []);
    return json.endObject().output.take();
  }

  /** Whether the result says all that the second era wants of one. */
  get isWhole(): bool {
    return this.server.isSingle && this.links.length > 0 && this.links[0].isModern && hasType(this.links[0].info);
  }

  private version(): Slice {
    const tape = new JsonTape();
    if (tape.scan(this.request.rawParams)) return LEGACY_LATEST;
    const wanted = tape.text(tape.find(tape.root, VERSION));
    return isLegacy(wanted) ? wanted : LEGACY_LATEST;
  }

  /** One server, in the other era's words. */
  private writeSingle(json: JsonWriter, isModern: bool): void {
    const tape = new JsonTape();
    const sum = new CapabilitySum();
    const info = this.links.length ? this.links[0].info : Slice.of("{}");
    const isRead = !tape.scan(info);
    if (isRead) sum.add(tape.raw(tape.find(tape.root, CAPABILITIES)), false);
    sum.write(json, isModern || this.links[0].isModern, false);
    const own = tape.find(tape.find(tape.root, META), SERVER_INFO_KEY);
    if (!isModern)
      json.key(SERVER_INFO).raw(tape.kind(own) == JsonKind.Object ? tape.raw(own) : this.server.settings.info);
    const instructions = tape.find(tape.root, INSTRUCTIONS);
    if (tape.kind(instructions) == JsonKind.String) json.key(INSTRUCTIONS).raw(tape.raw(instructions));
  }

  private writeSum(json: JsonWriter, isModern: bool): void {
    const sum = new CapabilitySum();
    const members = this.server.members;
    for (let i = 0; i < members.length; ++i) {
      const local = members[i].server;
      if (local && !members[i].remote && !members[i].problem.length) sum.add(local.capabilities, false);
    }
    for (let i = 0; i < this.links.length; ++i) {
      const tape = new JsonTape();
      if (tape.scan(this.links[i].info)) continue;
      const hasNotifications = !isModern && this.links[i].name.equals(this.server.notificationsFrom);
      sum.add(tape.raw(tape.find(tape.root, CAPABILITIES)), hasNotifications);
    }
    sum.write(json, isModern, this.server.isToolsOnly);
    if (!isModern) json.key(SERVER_INFO).raw(this.server.settings.info);
    const instructions = this.server.settings.instructions;
    if (instructions.length) json.key(INSTRUCTIONS).text(instructions);
  }
}

function hasType(result: Slice): bool {
  const tape = new JsonTape();
  return !tape.scan(result) && tape.find(tape.root, RESULT_TYPE) >= 0;
}
