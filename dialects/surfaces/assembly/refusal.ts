// What a gateway answers by itself: the one table of status, kind, parameter and code. Its form is envelope.ts's.
import { HeaderList, Slice } from "@weir/sdk/assembly";
import { ErrorKind } from "../../hub/assembly/chat-error";
import { Family } from "./surface";

/** Why a request is not served. `param` and `code` are empty where there are none. */
@final
export class Refusal {
  /** The answer's, where it has others than its content type. */
  headers: HeaderList | null = null;

  constructor(
    /** The HTTP status. */
    readonly status: u32,
    readonly kind: ErrorKind,
    /** For people. Never holds a body, a token or a key. */
    readonly message: string,
    /** For programs. */
    readonly code: string = "",
    /** The field of the request that is at fault. */
    readonly param: string = "",
    /** Anthropic's `error.details`, a JSON object; empty for none. */
    readonly rawDetails: Slice = Slice.empty(),
  ) {}
}

function invalid(status: u32, message: string, code: string, param: string = ""): Refusal {
  const kind = status == 404 ? ErrorKind.NotFound : status == 413 ? ErrorKind.TooLarge : ErrorKind.InvalidRequest;
  return new Refusal(status, kind, message, code, param);
}

export function unknownUrl(): Refusal {
  return invalid(404, "This gateway serves nothing at this path with this method", "unknown_url");
}

export function unsupportedContentType(allowed: string): Refusal {
  return invalid(415, "The content-type header must say " + allowed, "unsupported_content_type");
}

export function unsupportedContentEncoding(): Refusal {
  return invalid(415, "The body must not be compressed", "unsupported_content_encoding");
}

export function bodyTooLarge(bodyBytesMax: u32): Refusal {
  return invalid(
    413,
    "The body is larger than the limit of " + bodyBytesMax.toString() + " bytes",
    "request_too_large",
  );
}

export function malformedJson(at: i32, detail: string): Refusal {
  return invalid(400, "The body is not valid JSON: " + detail + " at byte " + at.toString(), "invalid_json");
}

export function notAnObject(): Refusal {
  return invalid(400, "The body must be a JSON object", "invalid_json");
}

export function malformedForm(): Refusal {
  return invalid(400, "The body is not a valid multipart form", "invalid_form");
}

export function missingModel(): Refusal {
  return invalid(400, "You must provide a model parameter", "missing_required_parameter", "model");
}

export function modelNotText(): Refusal {
  return invalid(400, "The model parameter must be a text", "invalid_type", "model");
}

export function repeatedModel(): Refusal {
  return invalid(400, "The model parameter must be given once", "repeated_parameter", "model");
}

// As much of a client's model name as a message repeats.
const nameBytesMax: i32 = 256;

export function modelNotFound(model: Slice): Refusal {
  const message = "The model `" + model.slice(0, nameBytesMax).toText() + "` does not exist or is not served here";
  return invalid(404, message, "model_not_found", "model");
}

export function surfaceNotServed(surface: Slice, provider: Slice): Refusal {
  const message = "The provider " + provider.toText() + " does not serve " + surface.toText();
  return invalid(404, message, "unsupported_by_provider");
}

export function unknownTarget(): Refusal {
  return new Refusal(
    500,
    ErrorKind.Server,
    "This gateway has no provider configured for this request",
    "unknown_target",
  );
}

export function missingCredential(provider: Slice): Refusal {
  const message = "This gateway has no credential for the provider " + provider.toText();
  return new Refusal(500, ErrorKind.Server, message, "missing_credential");
}

/** `input`: the least that the prompt can have; `output`: what is asked for behind it, 0 where that does not count. */
export function contextTooSmall(family: Family, window: i64, input: i64, output: i64): Refusal {
  return invalid(400, contextMessage(family, window.toString(), input, output), "context_length_exceeded", "messages");
}

/** As clients know it that go by the message alone: they shorten a conversation then. */
function contextMessage(family: Family, window: string, input: i64, output: i64): string {
  const asked = output ? " and asks for " + output.toString() + " of output" : "";
  if (family == Family.Anthropic) {
    if (!output) return "prompt is too long: " + input.toString() + " tokens > " + window + " maximum";
    const sum = "`max_tokens` exceed context limit: " + input.toString() + " + " + output.toString();
    return "input length and " + sum + " > " + window;
  }
  if (family == Family.Gemini) {
    const count = "The input token count (" + input.toString() + asked + ") exceeds the maximum number of tokens";
    return count + " allowed (" + window + ")";
  }
  const length = "This model's maximum context length is " + window + " tokens. However, your request has at least ";
  return length + input.toString() + " tokens" + asked + ". Please reduce its length";
}
