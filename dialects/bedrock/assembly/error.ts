// Bedrock's errors: `{"message":…}`, the type in a header that is not seen here, or in `__type`. In a stream the type
// is the exception's name. https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind, errorKindOf, statusOf } from "../../hub/assembly/chat-error";
import { contentAt } from "../../hub/assembly/content";
import { MESSAGE } from "../../hub/assembly/names";

const TYPE = Slice.of("__type");
// What stands before AWS's services answers with a capital.
const MESSAGE_CAPITAL = Slice.of("Message");
const ORIGINAL_MESSAGE = Slice.of("originalMessage");
const UNKNOWN = Slice.of("The provider answered with an error");
const HASH: u8 = 0x23;
const COLON: u8 = 0x3a;
/** A model failed, or its stream did: a status that no client knows. */
const FAILED_DEPENDENCY: i32 = 424;

@final
class ErrorType {
  readonly name: Slice;
  constructor(
    name: string,
    readonly kind: ErrorKind,
  ) {
    this.name = Slice.of(name);
  }
}

const TYPES: ErrorType[] = [
  new ErrorType("ThrottlingException", ErrorKind.RateLimit),
  new ErrorType("ServiceQuotaExceededException", ErrorKind.RateLimit),
  new ErrorType("ValidationException", ErrorKind.InvalidRequest),
  new ErrorType("ServiceUnavailableException", ErrorKind.Overloaded),
  new ErrorType("ModelNotReadyException", ErrorKind.Overloaded),
  new ErrorType("ModelTimeoutException", ErrorKind.Timeout),
  new ErrorType("InternalServerException", ErrorKind.Server),
  new ErrorType("ModelErrorException", ErrorKind.Server),
  new ErrorType("ModelStreamErrorException", ErrorKind.Server),
  new ErrorType("AccessDeniedException", ErrorKind.Permission),
  new ErrorType("ResourceNotFoundException", ErrorKind.NotFound),
  new ErrorType("UnrecognizedClientException", ErrorKind.Authentication),
  new ErrorType("InvalidSignatureException", ErrorKind.Authentication),
  new ErrorType("IncompleteSignatureException", ErrorKind.Authentication),
  new ErrorType("MissingAuthenticationTokenException", ErrorKind.Authentication),
  new ErrorType("ExpiredTokenException", ErrorKind.Authentication),
];

/** Reads the body of an answer that is not 2xx. */
export function decodeError(tape: JsonTape, status: i32, error: ChatError): void {
  readMessage(tape, error);
  const type = findType(typeName(tape.text(tape.find(tape.root, TYPE))));
  if (type) error.kind = type.kind;
  else error.kind = status == FAILED_DEPENDENCY ? ErrorKind.Server : errorKindOf(status);
  error.status = status == FAILED_DEPENDENCY ? statusOf(ErrorKind.Server) : status;
}

/** Reads an exception in a stream. */
export function decodeException(tape: JsonTape, name: Slice, error: ChatError): void {
  readMessage(tape, error);
  const type = findType(name);
  error.kind = type ? type.kind : ErrorKind.Server;
  error.status = statusOf(error.kind);
}

function readMessage(tape: JsonTape, error: ChatError): void {
  error.message = contentAt(tape, tape.root, MESSAGE);
  if (!error.message.length) error.message = contentAt(tape, tape.root, MESSAGE_CAPITAL);
  if (!error.message.length) error.message = contentAt(tape, tape.root, ORIGINAL_MESSAGE);
  if (!error.message.length) error.message = UNKNOWN;
}

/** `com.amazon.coral.service#AccessDeniedException` and `AccessDeniedException:http://…` without what is around it. */
function typeName(type: Slice): Slice {
  const name = type.slice(type.indexOf(HASH) + 1);
  const colon = name.indexOf(COLON);
  return colon < 0 ? name : name.slice(0, colon);
}

/** In a stream the names begin with a small letter. */
function findType(name: Slice): ErrorType | null {
  for (let i = 0; i < TYPES.length; ++i) if (TYPES[i].name.equalsIgnoreCase(name)) return TYPES[i];
  return null;
}
