// The host's byte buffers, one object for each, always meaning those of the effective context.
import { BufferType, Status } from "./abi";
import { Slice } from "./bytes/slice";
import { proxy_get_buffer_bytes, proxy_get_buffer_status, proxy_set_buffer_bytes } from "./env";
import { bytesSlot, lend, numberSlot, sizeSlot, takeBytes, takeLoan } from "./host-memory";

/**
 * One of the host's buffers: in a body callback, the bytes held so far with the new piece at the end.
 * A buffer that does not exist in the present callback reads as empty.
 */
@final
export class BodyBuffer {
  constructor(private readonly buffer: BufferType) {}

  /** Up to `size` bytes from `start`: fewer where the buffer ends. The one copy out of the host. */
  get(start: u32, size: u32): Slice {
    const status = proxy_get_buffer_bytes(this.buffer, start, size, bytesSlot, sizeSlot);
    return status == Status.Ok ? takeBytes() : Slice.empty();
  }

  /**
   * As `get`, for bytes that are only looked at: the slice, and what it shows, are the same memory each time. They hold
   * until the next `borrow`, at the longest until the callback returns; `copy` what is to be kept. No allocation.
   */
  borrow(start: u32, size: u32): Slice {
    lend();
    const status = proxy_get_buffer_bytes(this.buffer, start, size, bytesSlot, sizeSlot);
    const bytes = takeLoan();
    return status == Status.Ok ? bytes : Slice.empty();
  }

  /** Number of bytes in the buffer. */
  get length(): u32 {
    return proxy_get_buffer_status(this.buffer, sizeSlot, numberSlot) == Status.Ok ? load<u32>(sizeSlot) : 0;
  }

  /** Puts `bytes` in place of the whole buffer. */
  replace(bytes: Slice): Status {
    return proxy_set_buffer_bytes(this.buffer, 0, u32.MAX_VALUE, bytes.pointer, bytes.length);
  }

  /** Puts `bytes` after what is in the buffer. */
  append(bytes: Slice): Status {
    return proxy_set_buffer_bytes(this.buffer, u32.MAX_VALUE, 0, bytes.pointer, bytes.length);
  }

  /** Puts `bytes` before what is in the buffer. */
  prepend(bytes: Slice): Status {
    return proxy_set_buffer_bytes(this.buffer, 0, 0, bytes.pointer, bytes.length);
  }
}

/** The request's body, in `onRequestBody` and for as long as it is held. */
export const requestBody = new BodyBuffer(BufferType.HttpRequestBody);
/** The response's body, in `onResponseBody` and for as long as it is held. */
export const responseBody = new BodyBuffer(BufferType.HttpResponseBody);
/** Bytes from the client, in `TcpContext.onDownstreamData`. */
export const downstreamData = new BodyBuffer(BufferType.DownstreamData);
/** Bytes from the server, in `TcpContext.onUpstreamData`. */
export const upstreamData = new BodyBuffer(BufferType.UpstreamData);
/** What a foreign function calls back with, in `onForeignFunction`. To be read only. */
export const foreignFunctionArguments = new BodyBuffer(BufferType.ForeignFunctionArguments);
