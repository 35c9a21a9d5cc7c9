// An error in no dialect's words.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

/** What kind of error it is: decides the status and each dialect's type. */
export const enum ErrorKind {
  InvalidRequest = 0,
  Authentication = 1,
  Billing = 2,
  Permission = 3,
  NotFound = 4,
  TooLarge = 5,
  RateLimit = 6,
  Server = 7,
  Timeout = 8,
  Overloaded = 9,
}

/** An error. `message`, `code` and `param` are JSON content; empty where unknown. */
@final
export class ChatError {
  kind: ErrorKind = ErrorKind.Server;
  /** The HTTP status; in a stream, what it would have been. */
  status: i32 = 0;
  message: Slice = Slice.empty();
  code: Slice = Slice.empty();
  /** The request's field at fault. */
  param: Slice = Slice.empty();
  /** When to try again; −1 where nobody said. */
  retryAfterMs: i64 = -1;
  /** Anthropic's `error.details`, a JSON object. */
  rawDetails: Slice = Slice.empty();

  /** An error of this kind with its usual status. */
  static of(kind: ErrorKind, message: Slice): ChatError {
    const error = new ChatError();
    error.kind = kind;
    error.status = statusOf(kind);
    error.message = message;
    return error;
  }
}

/** The kind that a status stands for. */
export function errorKindOf(status: i32): ErrorKind {
  switch (status) {
    case 401:
      return ErrorKind.Authentication;
    case 402:
      return ErrorKind.Billing;
    case 403:
      return ErrorKind.Permission;
    case 404:
      return ErrorKind.NotFound;
    case 408:
    case 504:
      return ErrorKind.Timeout;
    case 413:
      return ErrorKind.TooLarge;
    case 429:
      return ErrorKind.RateLimit;
    case 503:
    case 529:
      return ErrorKind.Overloaded;
    default:
      return status >= 400 && status < 500 ? ErrorKind.InvalidRequest : ErrorKind.Server;
  }
}

/** The usual status of a kind. */
export function statusOf(kind: ErrorKind): i32 {
  switch (kind) {
    case ErrorKind.InvalidRequest:
      return 400;
    case ErrorKind.Authentication:
      return 401;
    case ErrorKind.Billing:
      return 402;
    case ErrorKind.Permission:
      return 403;
    case ErrorKind.NotFound:
      return 404;
    case ErrorKind.TooLarge:
      return 413;
    case ErrorKind.RateLimit:
      return 429;
    case ErrorKind.Timeout:
      return 504;
    case ErrorKind.Overloaded:
      return 503;
    default:
      return 500;
  }
}
