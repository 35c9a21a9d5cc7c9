// Operations on header maps and properties.
import {
  calloutHeaders,
  calloutTrailers,
  getProperty,
  grpcInitialMetadata,
  grpcTrailingMetadata,
  HeaderList,
  HeaderMap,
  logInfo,
  requestHeaders,
  requestTrailers,
  responseHeaders,
  responseTrailers,
  setProperty,
  Slice,
} from "@weir/sdk/assembly";
import { report, show } from "./perform";
import { Operation } from "./program";

export function performOnHeaders(operation: Operation): bool {
  const verb = operation.verb;
  const name = operation.word(1);
  if (verb == "get") logInfo(`${name}=${show(mapOf(operation.word(0)).getText(name))}`);
  else if (verb == "set") report(operation, mapOf(operation.word(0)).setText(name, operation.text(2)));
  else if (verb == "add") report(operation, mapOf(operation.word(0)).addText(name, operation.text(2)));
  else if (verb == "remove") report(operation, mapOf(operation.word(0)).removeText(name));
  else if (verb == "all") logInfo(`all ${listed(mapOf(operation.word(0)).all())}`);
  else if (verb == "replaceAll") replaceAll(operation);
  else if (verb == "byteSize") logInfo(`byteSize ${mapOf(operation.word(0)).byteSize()}`);
  else if (verb == "property") property(operation);
  else if (verb == "setProperty") setText(operation);
  else return false;
  return true;
}

function mapOf(name: string): HeaderMap {
  if (name == "request") return requestHeaders;
  if (name == "requestTrailers") return requestTrailers;
  if (name == "response") return responseHeaders;
  if (name == "responseTrailers") return responseTrailers;
  if (name == "callout") return calloutHeaders;
  if (name == "calloutTrailers") return calloutTrailers;
  return name == "grpcInitial" ? grpcInitialMetadata : grpcTrailingMetadata;
}

/** `name=value;name=value`, or `-` for none. */
export function headersFrom(text: string): HeaderList {
  const list = new HeaderList();
  if (text == "-" || text.length == 0) return list;
  const fields = text.split(";");
  for (let i = 0; i < fields.length; i++) {
    const at = fields[i].indexOf("=");
    list.addText(fields[i].substring(0, at), fields[i].substring(at + 1));
  }
  return list;
}

function listed(list: HeaderList): string {
  const fields: string[] = [];
  for (let i = 0; i < list.length; i++) fields.push(`${list.name(i).toText()}=${list.value(i).toText()}`);
  return fields.join("|");
}

function replaceAll(operation: Operation): void {
  report(operation, mapOf(operation.word(0)).replaceAll(headersFrom(operation.word(1))));
}

/** property <a/b/c> <text | int | bool | size> */
function property(operation: Operation): void {
  const path = operation.word(0);
  const value = getProperty(Slice.of(path.split("/").join("\0")));
  logInfo(`property ${path}=${value ? shown(value, operation.word(1)) : "missing"}`);
}

function shown(value: Slice, as: string): string {
  if (as == "int") return load<i64>(value.pointer).toString();
  if (as == "bool") return value.at(0) != 0 ? "true" : "false";
  return as == "size" ? value.length.toString() : value.toText();
}

function setText(operation: Operation): void {
  report(operation, setProperty(Slice.of(operation.word(0)), Slice.of(operation.text(1))));
}
