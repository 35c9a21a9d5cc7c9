// The world that templates may ask: the host's clock and chance, and who has called.
import { getProperty, nowMs, propertyPath, randomBytes, Slice } from "@weir/sdk/assembly";
import { Ambient } from "../template/ambient";

const SOURCE = propertyPath("source", "address");
const COLON: u8 = 0x3a;
const UUID_BYTES: i32 = 16;

/** Envoy's world, of the stream at hand. */
@final
export class EnvoyWorld extends Ambient {
  nowMs(): i64 {
    return <i64>nowMs();
  }

  randomBytes(): Slice {
    return randomBytes(UUID_BYTES);
  }

  /** Without the port. */
  clientAddress(): Slice {
    const source = getProperty(SOURCE);
    if (!source) return Slice.empty();
    const colon = source.lastIndexOf(COLON);
    return source.slice(0, colon < 0 ? source.length : colon);
  }
}
