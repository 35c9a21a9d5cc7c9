// DashScope's errors: `{"code","message","request_id"}`, as an answer and as an event.
// https://www.alibabacloud.com/help/en/model-studio/error-code
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind, errorKindOf, statusOf } from "../../hub/assembly/chat-error";
import { readForeignError } from "../../openai-chat/assembly/foreign-error";

const UNKNOWN = Slice.of("The provider answered with an error");
const ARREARAGE = Slice.of("Arrearage");

// What codes begin with, and what they are: in a stream there is no status.
const PREFIXES: StaticArray<Slice> = [
  ARREARAGE,
  Slice.of("InvalidApiKey"),
  Slice.of("AccessDenied"),
  Slice.of("Throttling"),
  Slice.of("Model.NotExist"),
  Slice.of("ModelNotFound"),
  Slice.of("InvalidParameter"),
  Slice.of("InvalidURL"),
  Slice.of("DataInspectionFailed"),
  Slice.of("ServiceUnavailable"),
  Slice.of("ModelServiceFailed"),
  Slice.of("ModelUnavailable"),
  Slice.of("RequestTimeOut"),
  Slice.of("ResponseTimeout"),
  Slice.of("GatewayTimeout"),
];
const KINDS: StaticArray<i32> = [
  ErrorKind.Billing,
  ErrorKind.Authentication,
  ErrorKind.Permission,
  ErrorKind.RateLimit,
  ErrorKind.NotFound,
  ErrorKind.NotFound,
  ErrorKind.InvalidRequest,
  ErrorKind.InvalidRequest,
  ErrorKind.InvalidRequest,
  ErrorKind.Overloaded,
  ErrorKind.Overloaded,
  ErrorKind.Overloaded,
  ErrorKind.Timeout,
  ErrorKind.Timeout,
  ErrorKind.Timeout,
];

/** Reads an error. `status` 0 means inside a stream. */
export function decodeError(tape: JsonTape, status: i32, error: ChatError): void {
  readForeignError(tape, error);
  if (!error.message.length) error.message = UNKNOWN;
  error.kind = kindOf(error.code, status);
  error.status = status ? status : statusOf(error.kind);
}

/** The status decides, but for an account in arrears, which is told with 400. */
function kindOf(code: Slice, status: i32): ErrorKind {
  if (status && !code.startsWith(ARREARAGE)) return errorKindOf(status);
  for (let i = 0; i < PREFIXES.length; ++i) if (code.startsWith(PREFIXES[i])) return <ErrorKind>KINDS[i];
  return ErrorKind.Server;
}
