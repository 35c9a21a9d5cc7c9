// Signs each request for AWS (Signature Version 4): https://docs.aws.amazon.com/bedrock/latest/userguide/api-setup.html
import {
  AwsCredentials,
  AwsSigner,
  encodeHex,
  nowNanos,
  requestHeaders,
  sha256,
  SignedRequest,
  Slice,
} from "@weir/sdk/assembly";
import { Authorizer, Departure } from "./authorizer";

const HOST = Slice.of("host");
const AUTHORIZATION = Slice.of("authorization");
const DATE = Slice.of("x-amz-date");
const SESSION_TOKEN = Slice.of("x-amz-security-token");
const QUESTION_MARK: u8 = 0x3f;

/** The credential of an AWS account for one service in one region. */
@final
export class AwsAuthorizer extends Authorizer {
  private readonly signer: AwsSigner;

  constructor(
    region: Slice,
    service: Slice,
    private readonly credentials: AwsCredentials,
  ) {
    super();
    this.signer = new AwsSigner(region, service);
  }

  /** Only the host is signed of the headers that go out: what Envoy adds on the way could not be foreseen. */
  authorize(departure: Departure): bool {
    const mark = departure.path.indexOf(QUESTION_MARK);
    const path = mark < 0 ? departure.path : departure.path.slice(0, mark);
    const query = mark < 0 ? Slice.empty() : departure.path.slice(mark + 1);
    const request = new SignedRequest(departure.method, path, query, encodeHex(sha256(departure.body)));
    request.header(HOST, departure.authority);
    const signature = this.signer.sign(request, this.credentials, nowNanos());
    requestHeaders.set(AUTHORIZATION, signature.authorization);
    requestHeaders.set(DATE, signature.date);
    if (signature.sessionToken.length) requestHeaders.set(SESSION_TOKEN, signature.sessionToken);
    return true;
  }
}
