// JsonDepth: follows a JSON text that comes in fragments, to know when it is whole. It checks nothing.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

/** Counts open brackets outside strings. */
@final
export class JsonDepth {
  private depth: i32 = 0;
  private inString: bool = false;
  private escaped: bool = false;
  private opened: bool = false;

  /** Takes the next fragment, unescaped. */
  take(fragment: Slice): void {
    for (let i = 0, n = fragment.length; i < n; ++i) this.takeByte(fragment.at(i));
  }

  /** Whether an object or array came and was closed. */
  get isWhole(): bool {
    return this.opened && !this.depth;
  }

  private takeByte(byte: u8): void {
    if (this.escaped) this.escaped = false;
    else if (byte == 0x22) this.inString = !this.inString;
    else if (this.inString) this.escaped = byte == 0x5c;
    else if (byte == 0x7b || byte == 0x5b) {
      ++this.depth;
      this.opened = true;
    } else if (byte == 0x7d || byte == 0x5d) --this.depth;
  }
}
