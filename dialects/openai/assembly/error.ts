// OpenAI's error envelope, and the one table of what a gateway answers by itself: status, type, parameter and code.
// https://platform.openai.com/docs/guides/error-codes
import { jsonString, Slice, Writer } from "@weir/sdk/assembly";

const INVALID_REQUEST: string = "invalid_request_error";
const SERVER: string = "server_error";

/** An error as OpenAI's API answers it. `param` and `code` are left out (`null`) when empty. */
@final
export class OpenAiError {
  constructor(
    /** The HTTP status. */
    readonly status: u32,
    /** For people. Never holds a body, a token or a key. */
    readonly message: string,
    /** The class of error. */
    readonly type: string,
    /** For programs. */
    readonly code: string = "",
    /** The field of the request that is at fault. */
    readonly param: string = "",
  ) {}

  /** The response body. */
  toBody(): Slice {
    return errorBody(Slice.of(this.message), this.type, Slice.of(this.code), Slice.of(this.param));
  }
}

/** `{"error":{…}}`. Empty `code` and `param` become `null`. */
export function errorBody(message: Slice, type: string, code: Slice, param: Slice): Slice {
  const writer = new Writer(message.length + 128);
  writer.text('{"error":{"message":');
  jsonString(writer, message);
  writer.text(',"type":');
  jsonString(writer, Slice.of(type));
  writer.text(',"param":');
  stringOrNull(writer, param);
  writer.text(',"code":');
  stringOrNull(writer, code);
  return writer.text("}}").take();
}

function stringOrNull(writer: Writer, text: Slice): void {
  if (text.length) jsonString(writer, text);
  else writer.text("null");
}

/** The class that OpenAI gives an error of this status. */
export function errorType(status: u32): string {
  switch (status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 408:
    case 504:
      return "timeout_error";
    case 429:
      return "rate_limit_error";
    default:
      return status < 500 ? INVALID_REQUEST : SERVER;
  }
}

function invalid(status: u32, message: string, code: string = "", param: string = ""): OpenAiError {
  return new OpenAiError(status, message, INVALID_REQUEST, code, param);
}

export function unknownUrl(): OpenAiError {
  return invalid(404, "This gateway serves nothing at this path with this method", "unknown_url");
}

export function unsupportedContentType(allowed: string): OpenAiError {
  return invalid(415, "The content-type header must say " + allowed, "unsupported_content_type");
}

export function unsupportedContentEncoding(): OpenAiError {
  return invalid(415, "The body must not be compressed", "unsupported_content_encoding");
}

export function bodyTooLarge(bodyBytesMax: u32): OpenAiError {
  return invalid(
    413,
    "The body is larger than the limit of " + bodyBytesMax.toString() + " bytes",
    "request_too_large",
  );
}

export function malformedJson(at: i32, detail: string): OpenAiError {
  return invalid(400, "The body is not valid JSON: " + detail + " at byte " + at.toString(), "invalid_json");
}

export function notAnObject(): OpenAiError {
  return invalid(400, "The body must be a JSON object", "invalid_json");
}

export function malformedForm(): OpenAiError {
  return invalid(400, "The body is not a valid multipart form", "invalid_form");
}

export function missingModel(): OpenAiError {
  return invalid(400, "You must provide a model parameter", "missing_required_parameter", "model");
}

export function modelNotText(): OpenAiError {
  return invalid(400, "The model parameter must be a text", "invalid_type", "model");
}

export function repeatedModel(): OpenAiError {
  return invalid(400, "The model parameter must be given once", "repeated_parameter", "model");
}

// As much of a client's model name as a message repeats.
const nameBytesMax: i32 = 256;

export function modelNotFound(model: Slice): OpenAiError {
  const message = "The model `" + model.slice(0, nameBytesMax).toText() + "` does not exist or is not served here";
  return invalid(404, message, "model_not_found", "model");
}

export function surfaceNotServed(surface: Slice, provider: Slice): OpenAiError {
  const message = "The provider " + provider.toText() + " does not serve " + surface.toText();
  return invalid(404, message, "unsupported_by_provider");
}

export function unknownTarget(): OpenAiError {
  return new OpenAiError(500, "This gateway has no provider configured for this request", SERVER, "unknown_target");
}

export function missingCredential(provider: Slice): OpenAiError {
  const message = "This gateway has no credential for the provider " + provider.toText();
  return new OpenAiError(500, message, SERVER, "missing_credential");
}
