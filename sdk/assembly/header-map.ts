// The host's header maps, one object for each, always meaning those of the effective context.
// One `all()` costs about as much as four `get`s, so read many fields in one go.
import { MapType, Status } from "./abi";
import { Slice } from "./bytes/slice";
import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_get_header_map_size,
  proxy_get_header_map_value,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
  proxy_set_header_map_pairs,
} from "./env";
import { HEADER_BYTES_MAX, HEADER_FIELDS_MAX, HeaderList } from "./header-list";
import { bytesSlot, numberSlot, sizeSlot, takeBytes, takeBytesIf } from "./host-memory";

/**
 * One of the host's header maps. Names are lower case. A map that does not exist in the present callback reads as
 * empty, and changes to it answer with a status that is not `Ok`.
 */
@final
export class HeaderMap {
  constructor(private readonly map: MapType) {}

  /**
   * Value of the field `name`, or null if there is none. Of several fields of one name it is the first: where a client
   * might send two to get one past you, look through `all()`.
   */
  get(name: Slice): Slice | null {
    return takeBytesIf(proxy_get_header_map_value(this.map, name.pointer, name.length, bytesSlot, sizeSlot));
  }

  /** Gives the field `name` this value, in place of all it had. */
  set(name: Slice, value: Slice): Status {
    return proxy_replace_header_map_value(this.map, name.pointer, name.length, value.pointer, value.length);
  }

  /** Appends a field, beside others of the same name. */
  add(name: Slice, value: Slice): Status {
    return proxy_add_header_map_value(this.map, name.pointer, name.length, value.pointer, value.length);
  }

  /** Removes all fields named `name`; `Ok` if there is none. */
  remove(name: Slice): Status {
    return proxy_remove_header_map_value(this.map, name.pointer, name.length);
  }

  /** As `get`, in text. */
  getText(name: string): string | null {
    const value = this.get(Slice.of(name));
    return value ? value.toText() : null;
  }

  /** As `set`, in text. */
  setText(name: string, value: string): Status {
    return this.set(Slice.of(name), Slice.of(value));
  }

  /** As `add`, in text. */
  addText(name: string, value: string): Status {
    return this.add(Slice.of(name), Slice.of(value));
  }

  /** As `remove`, in text. */
  removeText(name: string): Status {
    return this.remove(Slice.of(name));
  }

  /** All fields, in one host call. The list is the plugin's own: changing it changes nothing in the host. */
  all(): HeaderList {
    if (proxy_get_header_map_pairs(this.map, bytesSlot, sizeSlot) != Status.Ok) return new HeaderList();
    return HeaderList.fromWire(takeBytes());
  }

  /**
   * Puts `list` in place of all fields, in one host call. `BadArgument`, with nothing changed, if it is longer than
   * `HEADER_FIELDS_MAX` or `HEADER_BYTES_MAX`: Envoy would remove all fields and put none in their place.
   */
  replaceAll(list: HeaderList): Status {
    const wire = list.toWire();
    if (list.length > HEADER_FIELDS_MAX || wire.length > HEADER_BYTES_MAX) return Status.BadArgument;
    return proxy_set_header_map_pairs(this.map, wire.pointer, wire.length);
  }

  /** Size of all names and values together in bytes; 0 if the map is not there. */
  byteSize(): u32 {
    return proxy_get_header_map_size(this.map, numberSlot) == Status.Ok ? load<u32>(numberSlot) : 0;
  }
}

/** The request's headers: from `onRequestHeaders` on, for as long as they are held; to be read in `onLog`. */
export const requestHeaders = new HeaderMap(MapType.HttpRequestHeaders);
/** The request's trailers: in `onRequestTrailers`, and to be added in the last `onRequestBody` if there are none. */
export const requestTrailers = new HeaderMap(MapType.HttpRequestTrailers);
/** The response's headers: from `onResponseHeaders` on, for as long as they are held; to be read in `onLog`. */
export const responseHeaders = new HeaderMap(MapType.HttpResponseHeaders);
/** The response's trailers: in `onResponseTrailers`, and to be added in the last `onResponseBody` if there are none. */
export const responseTrailers = new HeaderMap(MapType.HttpResponseTrailers);
/** The headers of an HTTP callout's reply, in `HttpCallout.onReply`. To be read only. */
export const calloutHeaders = new HeaderMap(MapType.HttpCallResponseHeaders);
/** The trailers of an HTTP callout's reply, in `HttpCallout.onReply`. To be read only. */
export const calloutTrailers = new HeaderMap(MapType.HttpCallResponseTrailers);
/** A gRPC callout's initial metadata, in `GrpcStream.onInitialMetadata`. To be read only. */
export const grpcInitialMetadata = new HeaderMap(MapType.GrpcCallInitialMetadata);
/** A gRPC callout's trailing metadata, in `GrpcStream.onTrailingMetadata`. To be read only. */
export const grpcTrailingMetadata = new HeaderMap(MapType.GrpcCallTrailingMetadata);
