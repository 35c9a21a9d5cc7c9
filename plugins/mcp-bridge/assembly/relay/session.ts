// Sessions of clients of the first era: all that has to be remembered is in the session's name, encrypted. So any Envoy
// that has the secret can serve it, and a restart forgets none.
import {
  ChaCha20Poly1305,
  decodeBase64Url,
  encodeBase64Url,
  hmacSha256,
  JsonKind,
  JsonTape,
  JsonWriter,
  nowMs,
  randomBytes,
  sharedData,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { processSecret } from "../protocol/process-secret";

const FORM = Slice.of("v1.");
const SALT_SIZE: i32 = 16;
const NONCE = Slice.wrap(new ArrayBuffer(12));
const LIFE_MS: i64 = 24 * 3600 * 1000;
/** How many ended sessions are remembered, at the most, each in a place of its own. */
const ENDED_SLOTS: i32 = 4096;
const ENDED_KEY = Slice.of("mcp-bridge.ended.");
const SECRET_KEY = Slice.of("mcp-bridge.secret");
const UNTIL = Slice.of("t");
const VERSION = Slice.of("v");
const CAPABILITIES = Slice.of("c");
const CLIENT = Slice.of("i");
const MEMBERS = Slice.of("m");
const SESSION_ID = Slice.of("s");
const MODERN = Slice.of("e");
const EMPTY_OBJECT = Slice.of("{}");

/** What one server of several has given its session. */
@final
export class SessionPart {
  constructor(
    /** The server's name. */
    readonly server: Slice,
    /** The session's name there; empty where it has none. */
    readonly sessionId: Slice,
    /** The version that was agreed on. */
    readonly version: Slice,
    /** Whether the server speaks the second era alone. */
    readonly isModern: bool,
  ) {}
}

/** A session. */
@final
export class Session {
  version: Slice = Slice.empty();
  /** JSON objects, as the client has sent them. */
  capabilities: Slice = EMPTY_OBJECT;
  client: Slice = EMPTY_OBJECT;
  readonly parts: SessionPart[] = [];
  /** What it is told apart by: random bytes. */
  salt: Slice = Slice.empty();

  /** What the server of this name has given; null where it is none of the session's. */
  partOf(server: Slice): SessionPart | null {
    for (let i = 0; i < this.parts.length; ++i) if (this.parts[i].server.equals(server)) return this.parts[i];
    return null;
  }

  /** Ends it: what bears its name is unknown from now on, at this Envoy. */
  end(): void {
    sharedData.set(endedKey(this.salt), this.salt);
  }

  /** Whether it was ended here. */
  get isEnded(): bool {
    const found = sharedData.get(endedKey(this.salt));
    return found != null && found.value.equals(this.salt);
  }
}

function endedKey(salt: Slice): Slice {
  const slot = (((<i32>salt.at(0)) << 8) | <i32>salt.at(1)) % ENDED_SLOTS;
  return new Writer(32).bytes(ENDED_KEY).integer(slot).take();
}

/** Names for sessions. */
@final
export class SessionVault {
  /** The first encrypts, each decrypts. */
  private readonly secrets: Slice[] = [];

  /** Adds a secret. */
  add(secret: Slice): void {
    if (secret.length) this.secrets.push(secret);
  }

  /** The session's name. `context` says whose it is, and where: it has to be the same to open it. */
  seal(session: Session, context: Slice): Slice {
    const salt = randomBytes(SALT_SIZE);
    const sealed = this.cipher(this.first(), salt).seal(NONCE, context, written(session));
    const bytes = new Writer(SALT_SIZE + sealed.length).bytes(salt).bytes(sealed).take();
    return new Writer(bytes.length * 2).bytes(FORM).bytes(encodeBase64Url(bytes)).take();
  }

  /** The session of this name; null where it is none, too old, another's, or ended. */
  open(name: Slice, context: Slice): Session | null {
    const bytes = name.startsWith(FORM) ? decodeBase64Url(name.slice(FORM.length)) : null;
    if (!bytes || bytes.length < SALT_SIZE) return null;
    const salt = bytes.slice(0, SALT_SIZE);
    this.first();
    for (let i = 0; i < this.secrets.length; ++i) {
      const plain = this.cipher(this.secrets[i], salt).open(NONCE, context, bytes.slice(SALT_SIZE));
      const session = plain ? readSession(plain) : null;
      if (!session) continue;
      session.salt = salt;
      return session.isEnded ? null : session;
    }
    return null;
  }

  /** Each name has a key of its own, so that no nonce comes twice. */
  private cipher(secret: Slice, salt: Slice): ChaCha20Poly1305 {
    return new ChaCha20Poly1305(hmacSha256(secret, salt));
  }

  /** Where none is configured, one that all workers of this Envoy share for as long as it runs. */
  private first(): Slice {
    if (this.secrets.length) return this.secrets[0];
    this.secrets.push(processSecret(SECRET_KEY));
    return this.secrets[0];
  }
}

function written(session: Session): Slice {
  const json = new JsonWriter(new Writer(512)).beginObject();
  json.key(UNTIL).integer(<i64>nowMs() + LIFE_MS);
  json.key(VERSION).text(session.version);
  json.key(CAPABILITIES).raw(session.capabilities);
  json.key(CLIENT).raw(session.client);
  json.key(MEMBERS).beginObject();
  for (let i = 0; i < session.parts.length; ++i) {
    const part = session.parts[i];
    json.key(part.server).beginObject();
    json.key(SESSION_ID).text(part.sessionId).key(VERSION).text(part.version);
    json.key(MODERN).flag(part.isModern).endObject();
  }
  return json.endObject().endObject().output.take();
}

function readSession(plain: Slice): Session | null {
  const tape = new JsonTape();
  if (tape.scan(plain) || tape.integer(tape.find(tape.root, UNTIL)) < <i64>nowMs()) return null;
  const session = new Session();
  session.version = tape.text(tape.find(tape.root, VERSION));
  session.capabilities = objectAt(tape, CAPABILITIES);
  session.client = objectAt(tape, CLIENT);
  const members = tape.find(tape.root, MEMBERS);
  for (let node = tape.first(members); node >= 0; node = tape.next(node)) {
    const sessionId = tape.text(tape.find(node, SESSION_ID));
    const version = tape.text(tape.find(node, VERSION));
    const isModern = tape.isTrue(tape.find(node, MODERN));
    session.parts.push(new SessionPart(tape.keyText(node), sessionId, version, isModern));
  }
  return session;
}

function objectAt(tape: JsonTape, key: Slice): Slice {
  const node = tape.find(tape.root, key);
  return tape.kind(node) == JsonKind.Object ? tape.raw(node) : EMPTY_OBJECT;
}
