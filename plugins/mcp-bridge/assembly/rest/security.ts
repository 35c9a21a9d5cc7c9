// Credentials: taken from a client, and given to an API. One that is asked for and missing ends the call.
// https://spec.openapis.org/oas/v3.1.1#security-scheme-object
import { decodeForm, encodeBase64, HeaderList, Slice, Writer } from "@weir/sdk/assembly";
import { Caller } from "../protocol/caller";
import { writeFormEncoded } from "../template/functions/encodings";
import { Query } from "./query";

const AUTHORIZATION = Slice.of("authorization");
const BEARER = Slice.of("Bearer ");
const BASIC = Slice.of("Basic ");
const QUESTION_MARK: u8 = 0x3f;
const COLON: u8 = 0x3a;

/** How a credential travels. */
export const enum SchemeKind {
  Bearer = 0,
  Basic,
  HeaderKey,
  QueryKey,
}

/** A way to show a credential. */
@final
export class SecurityScheme {
  constructor(
    readonly id: Slice,
    readonly kind: SchemeKind,
    /** The header's or the parameter's name. */
    readonly name: Slice,
    /** What is shown where nothing else is given. */
    readonly credential: Slice,
  ) {}

  private readonly consumers: Slice[] = [];
  private readonly credentials: Slice[] = [];

  /** Says what is shown for a consumer. */
  addConsumer(name: Slice, credential: Slice): void {
    this.consumers.push(name);
    this.credentials.push(credential);
  }

  /** What is shown for the caller alone; empty for nothing. */
  credentialOf(caller: Caller): Slice {
    if (!this.consumers.length) return Slice.empty();
    const consumer = caller.consumer;
    for (let i = 0; i < this.consumers.length; ++i) {
      if (this.consumers[i].equals(consumer)) return this.credentials[i];
    }
    return Slice.empty();
  }

  /** The credential in a client's request; empty where there is none. */
  takeFrom(headers: HeaderList, path: Slice): Slice {
    if (this.kind == SchemeKind.QueryKey) return queryValue(path, this.name);
    const value = headers.get(this.kind == SchemeKind.HeaderKey ? this.name : AUTHORIZATION);
    if (!value) return Slice.empty();
    if (this.kind == SchemeKind.HeaderKey) return value.trim();
    const prefix = this.kind == SchemeKind.Bearer ? BEARER : BASIC;
    const isOwn = value.slice(0, prefix.length).equalsIgnoreCase(prefix);
    return isOwn ? value.slice(prefix.length).trim() : Slice.empty();
  }

  /** Shows it to an API. */
  giveTo(headers: HeaderList, query: Query, credential: Slice): void {
    switch (this.kind) {
      case SchemeKind.Bearer:
        headers.set(AUTHORIZATION, prefixed(BEARER, credential));
        return;
      case SchemeKind.Basic:
        headers.set(AUTHORIZATION, prefixed(BASIC, encodedPair(credential)));
        return;
      case SchemeKind.HeaderKey:
        headers.set(this.name, credential);
        return;
      default:
        query.set(this.name, credential);
    }
  }
}

/** What was given with its prefix keeps it. */
function prefixed(prefix: Slice, credential: Slice): Slice {
  if (credential.slice(0, prefix.length).equalsIgnoreCase(prefix)) return credential;
  return new Writer().bytes(prefix).bytes(credential).take();
}

/** `user:password` is encoded; what has no colon is taken to be so already. */
function encodedPair(credential: Slice): Slice {
  return credential.indexOf(COLON) < 0 || credential.startsWith(BASIC) ? credential : encodeBase64(credential);
}

function queryValue(path: Slice, name: Slice): Slice {
  const mark = path.indexOf(QUESTION_MARK);
  if (mark < 0) return Slice.empty();
  const query = new Query(path.slice(mark + 1));
  const wanted = new Writer();
  writeFormEncoded(wanted, name);
  const found = query.get(wanted.take());
  return found ? decodeForm(found) : Slice.empty();
}

/** Which scheme is used, and with which credential. */
@final
export class SecurityUse {
  constructor(
    readonly scheme: SecurityScheme,
    /** In place of the scheme's own; empty for none. */
    readonly credential: Slice,
    /** Of a client's: whether it is passed on. Of an API's: whether the client's is used. */
    readonly isPassedThrough: bool,
  ) {}

  /** What is shown to the API, where the client has brought `fromClient`; empty where there is nothing to show. */
  credentialFor(fromClient: Slice, caller: Caller): Slice {
    if (this.isPassedThrough && fromClient.length) return fromClient;
    const own = this.scheme.credentialOf(caller);
    if (own.length) return own;
    return this.credential.length ? this.credential : this.scheme.credential;
  }
}
