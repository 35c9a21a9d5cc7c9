// AWS Signature Version 4 of a request, in its Authorization header.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { encodeHex } from "../bytes/hex";
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";
import { equalBytes } from "../crypto/equal-bytes";
import { HmacSha256, hmacSha256 } from "../crypto/hmac-sha256";
import { sha256 } from "../crypto/sha256";
import { amzDate, AMZ_DAY_SIZE } from "./amz-date";
import { SignedRequest } from "./canonical-request";

const ALGORITHM = Slice.of("AWS4-HMAC-SHA256");
const CREDENTIAL = Slice.of(" Credential=");
const SIGNED_HEADERS = Slice.of(", SignedHeaders=");
const SIGNATURE = Slice.of(", Signature=");
const KEY_PREFIX = Slice.of("AWS4");
const KEY_END = Slice.of("aws4_request");
const S3 = Slice.of("s3");
const DATE_HEADER = Slice.of("x-amz-date");
const TOKEN_HEADER = Slice.of("x-amz-security-token");

/** Who signs. */
@final
export class AwsCredentials {
  constructor(
    readonly accessKeyId: Slice,
    readonly secretAccessKey: Slice,
    /** Of temporary credentials; empty for others. */
    readonly sessionToken: Slice = Slice.empty(),
  ) {}
}

/** What to send along with a request that was signed. */
@final
export class AwsSignature {
  constructor(
    /** The value of `authorization`. */
    readonly authorization: Slice,
    /** The value of `x-amz-date`. */
    readonly date: Slice,
    /** The value of `x-amz-security-token`; empty for none. */
    readonly sessionToken: Slice,
  ) {}
}

/** Signs requests to one service in one region. Keep it: the key derived for a day is kept with it. */
@final
export class AwsSigner {
  private readonly keepsPath: bool;
  private keyDay: Slice = Slice.empty();
  private keySecret: Slice = Slice.empty();
  private mac: HmacSha256 = new HmacSha256(Slice.empty());

  constructor(
    /** `us-east-1` and the like. */
    readonly region: Slice,
    /** The service's name for signing: `bedrock`, though its host is `bedrock-runtime`. */
    readonly service: Slice,
  ) {
    this.keepsPath = service.equals(S3);
  }

  /** Signs the request at `nanos` since 1970. The headers `x-amz-date` and `x-amz-security-token` are added to it. */
  sign(request: SignedRequest, credentials: AwsCredentials, nanos: u64): AwsSignature {
    const date = amzDate(nanos);
    const day = date.slice(0, AMZ_DAY_SIZE);
    const token = credentials.sessionToken;
    request.header(DATE_HEADER, date);
    if (token.length) request.header(TOKEN_HEADER, token);
    const writer = new Writer(1024);
    request.write(writer, this.keepsPath);
    const hash = encodeHex(sha256(writer.toSlice()));
    writer.clear();
    this.writeScope(writer.bytes(ALGORITHM).byte(0x0a).bytes(date).byte(0x0a), day);
    writer.byte(0x0a).bytes(hash);
    this.useKey(credentials.secretAccessKey, day);
    const signature = encodeHex(this.mac.update(writer.toSlice()).digest());
    writer.clear();
    this.writeScope(writer.bytes(ALGORITHM).bytes(CREDENTIAL).bytes(credentials.accessKeyId).byte(0x2f), day);
    request.writeHeaderNames(writer.bytes(SIGNED_HEADERS));
    return new AwsSignature(writer.bytes(SIGNATURE).bytes(signature).take(), date, token);
  }

  private writeScope(writer: Writer, day: Slice): void {
    writer.bytes(day).byte(0x2f).bytes(this.region).byte(0x2f).bytes(this.service).byte(0x2f).bytes(KEY_END);
  }

  /** Derives the day's key, four digests deep, where it is not the one in use. */
  private useKey(secret: Slice, day: Slice): void {
    if (day.equals(this.keyDay) && equalBytes(secret, this.keySecret)) return;
    const first = new Writer(secret.length + KEY_PREFIX.length).bytes(KEY_PREFIX).bytes(secret).take();
    const ofRegion = hmacSha256(hmacSha256(first, day), this.region);
    this.mac = new HmacSha256(hmacSha256(hmacSha256(ofRegion, this.service), KEY_END));
    this.keyDay = day.copy();
    this.keySecret = secret.copy();
  }
}
