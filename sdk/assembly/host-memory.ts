// Where bytes cross between host and plugin. The host writes results into the four slots below, and asks
// `allocate` for memory to put longer values into. That memory is a managed ArrayBuffer from its first moment, so a
// value reaches the plugin without a second copy and the collector owns it.
import { allocate as allocateBuffer } from "./bytes/memory";
import { Slice } from "./bytes/slice";
import { Status } from "./abi";

// Shared by all host calls: each writes its results as its last act, and its caller reads them as its next.
const slots: usize = memory.data(16, 8);

/** Where a host call puts the address of the bytes it returns. */
export const bytesSlot: usize = slots;
/** Where a host call puts the number of the bytes it returns. */
export const sizeSlot: usize = slots + 4;
/** Where a host call puts a number of 32 or 64 bits. */
export const numberSlot: usize = slots + 8;

// Just below the largest object the runtime can make.
const allocationBytesMax: u32 = 0x3fff0000;

/** What a chunk of a body seldom exceeds: Envoy reads 16 KiB at a time. */
const loanBytes: u32 = 32 * 1024;

// One buffer, and one view of it, for all values that are only looked at. Made when it is first asked for.
let loan: Slice | null = null;
let isLending: bool = false;

/** The next value that the host returns is put where the last one that was lent was, if there is room. */
export function lend(): void {
  isLending = true;
  if (!loan) loan = Slice.wrap(new ArrayBuffer(loanBytes));
}

/** Gives the host `size` bytes to write a value into; 0 when that is more than an object can hold. */
export function allocate(size: u32): usize {
  const lent = loan;
  if (isLending && lent && size <= loanBytes) return changetype<usize>(lent.buffer);
  return size > allocationBytesMax ? 0 : changetype<usize>(allocateBuffer(size));
}

/** The bytes a host call has returned through the slots. No copy. */
export function takeBytes(): Slice {
  const address = load<usize>(bytesSlot);
  const size = load<u32>(sizeSlot);
  // A call that succeeds without writing must not find an old address, whose memory may be gone by then.
  store<u64>(bytesSlot, 0);
  if (!address || !size) return Slice.empty();
  return new Slice(changetype<ArrayBuffer>(address), 0, size);
}

/** As `takeBytes`, after `lend`. */
export function takeLoan(): Slice {
  isLending = false;
  const lent = loan;
  if (!lent || load<usize>(bytesSlot) != changetype<usize>(lent.buffer)) return takeBytes();
  store<i32>(changetype<usize>(lent), load<u32>(sizeSlot), offsetof<Slice>("end"));
  store<u64>(bytesSlot, 0);
  return lent;
}

/** The bytes a host call has returned, or null if `status` is not Ok. */
export function takeBytesIf(status: u32): Slice | null {
  return status == Status.Ok ? takeBytes() : null;
}
