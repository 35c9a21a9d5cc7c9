// Exchanges a Google service account's signed assertion for an access token, keeps it for all workers, and asks for the
// next one before it expires. https://developers.google.com/identity/protocols/oauth2/service-account#httprest
import {
  JsonTape,
  logWarn,
  nowNanos,
  parseInteger,
  requestHeaders,
  sharedData,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { Authorizer, Departure } from "./authorizer";
import { ServiceAccount } from "./service-account";
import { TokenCallout, TokenEndpoint } from "./token-callout";

const AUTHORIZATION = Slice.of("authorization");
const BEARER = Slice.of("Bearer ");
const ACCESS_TOKEN = Slice.of("access_token");
const EXPIRES_IN = Slice.of("expires_in");
const ERROR = Slice.of("error");
const ERROR_DESCRIPTION = Slice.of("error_description");
const reasonBytesMax: i32 = 200;
const KEY = Slice.of("weir.google-token.");

const NANOS_PER_SECOND: u64 = 1_000_000_000;
/** A token is not used in its last seconds: the request has to reach the provider with it. */
const marginNanos: u64 = 10 * NANOS_PER_SECOND;
/** The next one is asked for this long before the end, or in the last quarter of a shorter life. */
const aheadNanos: u64 = 300 * NANOS_PER_SECOND;
/** After a failure nobody asks again for so long: requests are refused at once. */
const pauseNanos: u64 = NANOS_PER_SECOND;
const SPACE: u8 = 0x20;

/** The credential of one target. */
@final
export class GoogleAuthorizer extends Authorizer {
  private token: Slice = Slice.empty();
  private expiresAtNanos: u64 = 0;
  private renewsAtNanos: u64 = 0;
  private failedAtNanos: u64 = 0;
  private readonly waiting: Departure[] = [];
  private isAsking: bool = false;
  private readonly sharedKey: Slice;
  /** Where the token in use stands in the secrets, so that it can be struck out of errors. */
  private readonly secretIndex: i32;

  constructor(
    private readonly account: ServiceAccount,
    private readonly endpoint: TokenEndpoint,
    /** What must not be repeated to a client. */
    private readonly secrets: Slice[],
  ) {
    super();
    this.sharedKey = new Writer().bytes(KEY).bytes(account.fingerprint(endpoint)).take();
    this.secretIndex = secrets.length;
    secrets.push(account.privateKey);
  }

  authorize(departure: Departure): bool {
    const now = nowNanos();
    if (now >= this.renewsAtNanos) this.readShared(now);
    const isUsable = now < this.expiresAtNanos;
    if (now >= this.renewsAtNanos) this.ask(now);
    if (isUsable) {
      requestHeaders.set(AUTHORIZATION, new Writer().bytes(BEARER).bytes(this.token).take());
      return true;
    }
    if (this.isAsking) this.waiting.push(departure);
    else departure.settle(unavailable());
    return false;
  }

  forget(departure: Departure): void {
    const at = this.waiting.indexOf(departure);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  /** The token endpoint's answer. Called with the root context effective. */
  onAnswer(status: i32, body: Slice): void {
    this.isAsking = false;
    const now = nowNanos();
    const tape = new JsonTape();
    const isRead = status == 200 && !tape.scan(body);
    const token = isRead ? tape.text(tape.find(tape.root, ACCESS_TOKEN)) : Slice.empty();
    const lifetime = isRead ? parseInteger(tape.raw(tape.find(tape.root, EXPIRES_IN))) : 0;
    if (token.length && lifetime > 0) this.keep(token.copy(), now, <u64>min(lifetime, 86_400) * NANOS_PER_SECOND);
    else {
      this.failedAtNanos = now;
      this.warn("got no access token: status " + status.toString() + " " + reasonOf(tape));
    }
    this.settleAll(now < this.expiresAtNanos ? null : unavailable());
  }

  private settleAll(refusal: Refusal | null): void {
    const settled = this.waiting.splice(0, this.waiting.length);
    for (let i = 0; i < settled.length; ++i) settled[i].settle(refusal);
  }

  private ask(now: u64): void {
    if (this.isAsking || (this.failedAtNanos && now - this.failedAtNanos < pauseNanos)) return;
    const assertion = this.account.assertion(now / NANOS_PER_SECOND);
    this.isAsking = assertion ? new TokenCallout(this, this.endpoint).ask(assertion) : false;
    if (this.isAsking) return;
    this.failedAtNanos = now;
    this.warn(assertion ? "cannot reach the token endpoint" : "has a private key that cannot be used");
  }

  private warn(what: string): void {
    logWarn("ai-proxy: the service account " + this.account.clientEmail.toText() + " " + what);
  }

  private keep(token: Slice, now: u64, lifetime: u64): void {
    this.take(token, now, now + lifetime);
    const writer = new Writer(token.length + 48)
      .unsigned(now)
      .byte(SPACE)
      .unsigned(now + lifetime)
      .byte(SPACE);
    sharedData.set(this.sharedKey, writer.bytes(token).take());
  }

  private take(token: Slice, from: u64, to: u64): void {
    this.token = token;
    this.expiresAtNanos = to - marginNanos;
    this.renewsAtNanos = to - min(aheadNanos, (to - from) / 4);
    if (this.secrets.length == this.secretIndex + 1) this.secrets.push(token);
    else this.secrets[this.secretIndex + 1] = token;
  }

  /** What another worker, or an earlier configuration, has fetched: when it was, when it expires, the token. */
  private readShared(now: u64): void {
    const shared = sharedData.get(this.sharedKey);
    if (!shared) return;
    const value = shared.value;
    const first = value.indexOf(SPACE);
    const second = value.indexOf(SPACE, first + 1);
    const from = <u64>parseInteger(value.slice(0, first));
    const to = <u64>parseInteger(value.slice(first + 1, second));
    if (to > now && to - marginNanos > this.expiresAtNanos) this.take(value.slice(second + 1), from, to);
  }
}

/** `invalid_grant Invalid JWT Signature.` */
function reasonOf(tape: JsonTape): string {
  const error = tape.text(tape.find(tape.root, ERROR));
  const description = tape.text(tape.find(tape.root, ERROR_DESCRIPTION));
  return error.slice(0, reasonBytesMax).toText() + " " + description.slice(0, reasonBytesMax).toText();
}

function unavailable(): Refusal {
  const message = "This gateway could not get an access token for the provider";
  return new Refusal(502, ErrorKind.Server, message, "token_unavailable");
}
