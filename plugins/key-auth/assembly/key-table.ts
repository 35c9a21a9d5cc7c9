// The hashes of all keys, each with its place in the configuration.
import { equalBytes, JsonTape, Slice } from "@weir/sdk/assembly";

const SHA256 = Slice.of("sha256");
/** How many letters of a hash are the table's own key: 64 bits. */
const LETTERS: i32 = 16;

/**
 * Finds keys by the SHA-256 of what the client sent, in hex. What the time of a search could tell is about the hash, of
 * which nobody gets to the key; a hash that is compared is compared whole all the same.
 */
@final
export class KeyTable {
  /** Nodes of keys by the beginning of their hashes; those that begin alike stand at the next free numbers. */
  private readonly nodes: Map<u64, i32> = new Map<u64, i32>();

  constructor(private readonly tape: JsonTape) {}

  /** Adds the key at `node`. False if its hash is there already. */
  add(node: i32): bool {
    const hash = this.hashOf(node);
    let place = beginning(hash);
    for (; this.nodes.has(place); ++place) if (equalBytes(this.hashOf(this.nodes.get(place)), hash)) return false;
    this.nodes.set(place, node);
    return true;
  }

  /** The node of the key with this hash, or −1. */
  find(hash: Slice): i32 {
    for (let place = beginning(hash); this.nodes.has(place); ++place) {
      const node = this.nodes.get(place);
      if (equalBytes(this.hashOf(node), hash)) return node;
    }
    return -1;
  }

  private hashOf(node: i32): Slice {
    return this.tape.text(this.tape.find(node, SHA256));
  }
}

function beginning(hash: Slice): u64 {
  let number: u64 = 0;
  for (let i = 0; i < LETTERS; ++i) number = (number << 4) | digit(hash.at(i));
  return number;
}

/** The value of a lower-case hex digit. */
function digit(letter: u8): u64 {
  return letter < 0x61 ? letter - 0x30 : letter - 0x57;
}
