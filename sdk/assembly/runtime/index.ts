// The runtime of a plugin, in place of AssemblyScript's own. Objects are small, many, and gone when the callback
// returns; garbage is collected then and never while a callback is under way, so the stack is not scanned.
//
// Objects up to `smallBytesMax` live in cells of fixed sizes, with a list of free ones for each. Larger ones come from
// AssemblyScript's memory manager (rt/tlsf), which splits and joins blocks. Of an object's header the compiler reads id
// and size; the eight bytes before them are this file's:
//
//   [ previous … ] next  mark  id  size │ payload       (previous: large ones only)
//
// A mark is `white` or not, and which of 0 and 1 is white changes with each collection, so that nothing need be turned
// back. An object that was reached but not looked into yet has a link to the next such one as its mark.
//
// The compiler calls what begins with two underscores by these names: transform.mjs makes them global.
import "rt/tlsf";

const smallBytesMax: usize = 512;
const headerBytes: usize = 16;
const largeHeaderBytes: usize = 32;
const objectBytesMax: usize = (1 << 30) - 64;
/** Cells are cut from pieces of this size. */
const pieceBytes: usize = 16 * 1024;

const nextOffset: usize = 16;
const markOffset: usize = 12;
const idOffset: usize = 8;
const sizeOffset: usize = 4;
const previousOffset: usize = 32;

/** Beside a link, whose two lower bits are free: the object waits to be looked into. */
const isWaiting: usize = 2;
const flags: usize = 3;
/** The mark of an object in static memory that was reached. Unlike the others it is turned back. */
const isReached: usize = 1;

// The first free cell of each size in units of 16 bytes.
const cells: usize = memory.data(4 * 34, 16);
let piece: usize = 0;
let pieceEnd: usize = 0;
let smallObjects: usize = 0;
let largeObjects: usize = 0;
let statics: usize = 0;
let waiting: usize = 0;
let white: usize = 0;
let grown: usize = 0;
let alive: usize = 0;

/** How many bytes were given out since the last collection. */
export function __grown(): usize {
  return grown;
}

/** How many bytes the last collection has left. */
export function __alive(): usize {
  return alive;
}

/** A new object, its content undefined. */
export function __new(size: usize, id: u32): usize {
  if (size > objectBytesMax) throw new Error("Allocation too large");
  return size <= smallBytesMax ? newSmall(size, id) : newLarge(size, id);
}

function newSmall(size: usize, id: u32): usize {
  const bytes = cellBytes(size);
  const list = cells + (bytes >>> 2);
  let cell = load<usize>(list);
  if (cell) store<usize>(list, load<usize>(cell));
  else cell = cut(bytes);
  grown += bytes;
  const object = cell + headerBytes;
  store<usize>(object - nextOffset, smallObjects);
  smallObjects = object;
  setHeader(object, size, id);
  return object;
}

function newLarge(size: usize, id: u32): usize {
  const object = __alloc(largeHeaderBytes + size) + largeHeaderBytes;
  grown += largeHeaderBytes + size;
  linkLarge(object);
  setHeader(object, size, id);
  return object;
}

function setHeader(object: usize, size: usize, id: u32): void {
  store<usize>(object - markOffset, white);
  store<u32>(object - idOffset, id);
  store<u32>(object - sizeOffset, <u32>size);
}

function cellBytes(size: usize): usize {
  return headerBytes + ((size + 15) & ~15);
}

/** A new cell. What is left of a piece that is too short becomes a cell of its own. */
function cut(bytes: usize): usize {
  if (pieceEnd - piece < bytes) {
    if (piece < pieceEnd) freeCell(piece, pieceEnd - piece);
    piece = __alloc(pieceBytes);
    pieceEnd = piece + pieceBytes;
  }
  const cell = piece;
  piece += bytes;
  return cell;
}

function freeCell(cell: usize, bytes: usize): void {
  const list = cells + (bytes >>> 2);
  store<usize>(cell, load<usize>(list));
  store<usize>(list, cell);
}

function linkLarge(object: usize): void {
  store<usize>(object - nextOffset, largeObjects);
  store<usize>(object - previousOffset, 0);
  if (largeObjects) store<usize>(largeObjects - previousOffset, object);
  largeObjects = object;
}

/** The object with another size, here or elsewhere, its content kept. */
export function __renew(object: usize, size: usize): usize {
  if (size > objectBytesMax) throw new Error("Allocation too large");
  const known = <usize>load<u32>(object - sizeOffset);
  if (object >= __heap_base) {
    if (size <= smallBytesMax && known <= smallBytesMax && cellBytes(size) == cellBytes(known)) {
      store<u32>(object - sizeOffset, <u32>size);
      return object;
    }
    if (size > smallBytesMax && known > smallBytesMax) return renewLarge(object, size, known);
  }
  const renewed = __new(size, load<u32>(object - idOffset));
  memory.copy(renewed, object, min(size, known));
  return renewed;
}

/** Gives back at once what a body has outgrown: it would be a multiple of the body until garbage is collected. */
function renewLarge(object: usize, size: usize, known: usize): usize {
  const renewed = __realloc(object - largeHeaderBytes, largeHeaderBytes + size) + largeHeaderBytes;
  store<u32>(renewed - sizeOffset, <u32>size);
  if (size > known) grown += size - known;
  if (renewed == object) return object;
  const next = load<usize>(renewed - nextOffset);
  const previous = load<usize>(renewed - previousOffset);
  if (next) store<usize>(next - previousOffset, renewed);
  if (previous) store<usize>(previous - nextOffset, renewed);
  else largeObjects = renewed;
  return renewed;
}

/** Nothing to do: garbage is collected in one go. */
export function __link(parent: usize, child: usize, expectMultiple: bool): void {}

/** An object was reached. */
export function __visit(object: usize, cookie: u32): void {
  if (!object) return;
  const mark = load<usize>(object - markOffset);
  if (object < __heap_base) {
    if (mark) return;
    store<usize>(object - nextOffset, statics);
    statics = object;
  } else if (mark != white) return;
  store<usize>(object - markOffset, waiting | isWaiting);
  waiting = object;
}

/** Frees what cannot be reached. Only while no callback is under way. */
export function __collect(): void {
  __visit_globals(0);
  visitPins();
  const black: usize = white ^ 1;
  for (let object = waiting; object; object = waiting) {
    waiting = load<usize>(object - markOffset) & ~flags;
    store<usize>(object - markOffset, object < __heap_base ? isReached : black);
    __visit_members(object, 0);
  }
  alive = 0;
  sweepSmall(black);
  sweepLarge(black);
  forgetStatics();
  white = black;
  grown = 0;
}

function sweepSmall(black: usize): void {
  let kept: usize = 0;
  for (let object = smallObjects, next: usize = 0; object; object = next) {
    next = load<usize>(object - nextOffset);
    const bytes = cellBytes(<usize>load<u32>(object - sizeOffset));
    if (load<usize>(object - markOffset) == black) {
      store<usize>(object - nextOffset, kept);
      kept = object;
      alive += bytes;
    } else freeCell(object - headerBytes, bytes);
  }
  smallObjects = kept;
}

function sweepLarge(black: usize): void {
  let object = largeObjects;
  largeObjects = 0;
  while (object) {
    const next = load<usize>(object - nextOffset);
    if (load<usize>(object - markOffset) == black) {
      linkLarge(object);
      alive += largeHeaderBytes + load<u32>(object - sizeOffset);
    } else __free(object - largeHeaderBytes);
    object = next;
  }
}

function forgetStatics(): void {
  for (let object = statics; object;) {
    const next = load<usize>(object - nextOffset);
    store<u64>(object - nextOffset, 0);
    object = next;
  }
  statics = 0;
}

// What a host outside of Wasm holds on to, for modules that are compiled with `exportRuntime`.
let pins: usize = 0;

function visitPins(): void {
  for (let pin = pins; pin; pin = load<usize>(pin)) __visit(load<usize>(pin, 4), 0);
}

/** Keeps an object that only the host knows of. */
export function __pin(object: usize): usize {
  if (!object) return object;
  const pin = __alloc(8);
  store<usize>(pin, pins);
  store<usize>(pin, object, 4);
  pins = pin;
  return object;
}

/** The host has let go of it. */
export function __unpin(object: usize): void {
  for (let pin = pins, before: usize = 0; pin; before = pin, pin = load<usize>(pin)) {
    if (load<usize>(pin, 4) != object) continue;
    if (before) store<usize>(before, load<usize>(pin));
    else pins = load<usize>(pin);
    return __free(pin);
  }
}
