// Harness: lists of any size in numbered places, linked to one another, each filled with its own byte.
class Node {
  next: Node | null = null;

  constructor(
    public bytes: Array<u8>,
    readonly fill: u8,
  ) {}
}

const placeCount: i32 = 64;
const nodes: Array<Node | null> = new Array<Node | null>(placeCount);
// Static memory that refers to the heap.
const last: StaticArray<Node | null> = [null, null];

export function make(place: i32, size: i32, fill: u8): void {
  const node = new Node(new Array<u8>(size).fill(fill), fill);
  nodes[place] = node;
  last[place & 1] = node;
}

export function drop(place: i32): void {
  nodes[place] = null;
}

export function link(from: i32, to: i32): void {
  const node = nodes[from];
  if (node) node.next = nodes[to];
}

/** Gives the list another size: what it grows by is filled, and its memory may have to move. */
export function resize(place: i32, size: i32): void {
  const node = nodes[place];
  if (!node) return;
  const known = node.bytes.length;
  node.bytes.length = size;
  if (size > known) node.bytes.fill(node.fill, known);
}

export function push(place: i32): void {
  const node = nodes[place];
  if (node) node.bytes.push(node.fill);
}

/** How many bytes differ from what was put there, in all lists that can be reached. */
export function damage(): i32 {
  let count = damageOf(last[0]) + damageOf(last[1]);
  for (let i = 0; i < placeCount; ++i) {
    let node = nodes[i];
    for (let depth = 0; node && depth < 4; ++depth) {
      count += damageOf(node);
      node = node.next;
    }
  }
  return count;
}

function damageOf(node: Node | null): i32 {
  if (!node) return 0;
  let count = 0;
  for (let i = 0, size = node.bytes.length; i < size; ++i) if (node.bytes[i] != node.fill) ++count;
  return count;
}

export function lengthOf(place: i32): i32 {
  const node = nodes[place];
  return node ? node.bytes.length : -1;
}

export function grown(): i32 {
  return <i32>__grown();
}

export function alive(): i32 {
  return <i32>__alive();
}
