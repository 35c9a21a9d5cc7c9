// What a translation could not carry is told: to the client in a header, to logs as filter state, in a counter.
import { Counter, responseHeaders, setProperty, Slice } from "@weir/sdk/assembly";

const HEADER = Slice.of("x-weir-dropped");
const PROPERTY = Slice.of("weir.dropped");

/** Answers that were given without something that their request asked for. */
const dropped = new Counter("weir.requests_with_dropped_fields");

/** Tells the list, if there is anything in it. */
export function tellDropped(names: Slice): void {
  if (!names.length) return;
  responseHeaders.set(HEADER, names);
  setProperty(PROPERTY, names);
  dropped.increment();
}

/** Tells all that a stream and its request lost; `told` is what was told of it before. The headers are gone. */
export function tellStreamDropped(told: Slice, names: Slice): void {
  setProperty(PROPERTY, names);
  if (!told.length) dropped.increment();
}
