// Harness: objects of any size in numbered places, linked to one another, each filled with its own byte.
class Node {
  next: Node | null = null;

  constructor(
    public bytes: ArrayBuffer,
    readonly fill: u8,
  ) {}
}

const placeCount: i32 = 64;
const nodes: Array<Node | null> = new Array<Node | null>(placeCount);
const lists: Array<Array<i32>> = [];
// Static memory that refers to the heap.
const last: StaticArray<Node | null> = [null, null];

for (let i = 0; i < placeCount; ++i) lists.push([]);

function filled(size: i32, fill: u8): ArrayBuffer {
  const bytes = new ArrayBuffer(size);
  memory.fill(changetype<usize>(bytes), fill, size);
  return bytes;
}

export function make(place: i32, size: i32, fill: u8): void {
  nodes[place] = new Node(filled(size, fill), fill);
  last[place & 1] = nodes[place];
}

export function drop(place: i32): void {
  nodes[place] = null;
}

export function link(from: i32, to: i32): void {
  const node = nodes[from];
  if (node) node.next = nodes[to];
}

/** Gives the object another size, as a growing or shrinking list does. */
export function resize(place: i32, size: i32): void {
  const node = nodes[place];
  if (!node) return;
  const known = node.bytes.byteLength;
  const bytes = changetype<ArrayBuffer>(__renew(changetype<usize>(node.bytes), size));
  for (let i = known; i < size; ++i) store<u8>(changetype<usize>(bytes) + i, node.fill);
  node.bytes = bytes;
}

export function push(place: i32, value: i32): void {
  lists[place].push(value);
}

export function clear(place: i32): void {
  lists[place] = [];
}

/** How many bytes differ from what was put there, in all objects that can be reached. */
export function damage(): i32 {
  let count = damageOf(last[0]) + damageOf(last[1]);
  for (let i = 0; i < placeCount; ++i) {
    let node = nodes[i];
    for (let depth = 0; node && depth < 4; ++depth) {
      count += damageOf(node);
      node = node.next;
    }
    const list = lists[i];
    for (let j = 0; j < list.length; ++j) if (list[j] != i * 1000 + j) ++count;
  }
  return count;
}

function damageOf(node: Node | null): i32 {
  if (!node) return 0;
  let count = 0;
  const at = changetype<usize>(node.bytes);
  for (let i = 0, size = node.bytes.byteLength; i < size; ++i) if (load<u8>(at + i) != node.fill) ++count;
  return count;
}

export function lengthOf(place: i32): i32 {
  const node = nodes[place];
  return node ? node.bytes.byteLength : -1;
}

export function grown(): i32 {
  return <i32>__grown();
}

export function alive(): i32 {
  return <i32>__alive();
}
