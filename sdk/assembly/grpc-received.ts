// What a gRPC callout has received, in the callback that tells of it.
import { BufferType, Status } from "./abi";
import { BodyBuffer } from "./body";
import { Slice } from "./bytes/slice";
import { proxy_get_status } from "./env";
import { bytesSlot, numberSlot, sizeSlot, takeBytes } from "./host-memory";

const messageBuffer = new BodyBuffer(BufferType.GrpcCallMessage);

/** The message of `size` bytes that is here now. */
export function receivedMessage(size: u32): Slice {
  return size ? messageBuffer.get(0, size) : Slice.empty();
}

/** The text that came with the gRPC status. */
export function statusText(): Slice {
  return proxy_get_status(numberSlot, bytesSlot, sizeSlot) == Status.Ok ? takeBytes() : Slice.empty();
}
