// CRC-32 as gzip, zip and AWS event streams use it (ISO 3309, RFC 1952 §8): a checksum against damage, not a digest.
import { Slice } from "../bytes/slice";

/** The polynomial, bits reversed. */
const POLYNOMIAL: u32 = 0xedb88320;
const TABLE: StaticArray<u32> = makeTable();

/** The CRC-32 of `bytes`. To go on with more bytes, give the CRC of those before as `previous`. */
export function crc32(bytes: Slice, previous: u32 = 0): u32 {
  const table = changetype<usize>(TABLE);
  let crc = ~previous;
  let at = bytes.pointer;
  for (const end = at + bytes.length; at < end; ++at) {
    crc = load<u32>(table + (((crc ^ load<u8>(at)) & 0xff) << 2)) ^ (crc >> 8);
  }
  return ~crc;
}

function makeTable(): StaticArray<u32> {
  const table = new StaticArray<u32>(256);
  for (let i = 0; i < 256; ++i) {
    let value: u32 = i;
    for (let bit = 0; bit < 8; ++bit) value = value & 1 ? (value >> 1) ^ POLYNOMIAL : value >> 1;
    table[i] = value;
  }
  return table;
}
