// What is answered to wishes that cannot be met. The client's own words are repeated in part at most.
import { Slice } from "@weir/sdk/assembly";
import { ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";

const nameBytesMax: i32 = 256;

function invalid(message: string, code: string, param: string): Refusal {
  return new Refusal(400, ErrorKind.InvalidRequest, message, code, param);
}

export function notObject(path: string): Refusal {
  return invalid("The " + path + " parameter must be an object", "invalid_type", path);
}

export function notListOfNames(path: string): Refusal {
  return invalid("The " + path + " parameter must be a list of names", "invalid_type", path);
}

export function notPrice(path: string): Refusal {
  const message = "The " + path + " parameter must hold dollars for a million tokens, as numbers";
  return invalid(message, "invalid_type", path);
}

export function tooManyModels(path: string, max: i32): Refusal {
  const message = "The " + path + " parameter must have at most " + max.toString() + " names";
  return invalid(message, "too_many_models", path);
}

export function unsupportedWish(path: string): Refusal {
  return invalid("This gateway does not support the parameter " + path, "unsupported_parameter", path);
}

export function unknownProvider(name: Slice): Refusal {
  const shown = name.slice(0, nameBytesMax).toText();
  return invalid("No provider of this request's models is named `" + shown + "`", "unknown_provider", "provider");
}

export function unknownModel(name: Slice): Refusal {
  const shown = name.slice(0, nameBytesMax).toText();
  const message = "The model `" + shown + "` does not exist or is not served here";
  return invalid(message, "model_not_found", "models");
}

export function noProviderLeft(): Refusal {
  return invalid("No provider that is asked for serves the model", "no_provider_left", "provider");
}
