// PartJoin: what a model said, joined again. Clients that collect a stream keep each chunk as a content of its own, so
// the history comes back in pieces.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { Part, PartKind } from "../../hub/assembly/part";

/** Adds parts to a list, the pieces of one text or thought as one part. */
@final
export class PartJoin {
  private parts: Part[] = [];
  /** Collects the text of the last part once it has grown. */
  private grown: Writer | null = null;

  /** Goes on with another list. */
  begin(parts: Part[]): void {
    this.finish();
    this.parts = parts;
  }

  /** Adds a part. */
  add(part: Part): void {
    const last = this.parts.length ? this.parts[this.parts.length - 1] : null;
    if (last && continues(last, part)) {
      this.grow(last, part.text);
      last.signature = part.signature;
      last.signatureFormat = part.signatureFormat;
      return;
    }
    this.finish();
    this.parts.push(part);
  }

  /** The list is whole. */
  finish(): void {
    const grown = this.grown;
    if (grown && this.parts.length) this.parts[this.parts.length - 1].text = grown.take();
    this.grown = null;
  }

  private grow(last: Part, text: Slice): void {
    if (!text.length) return;
    let grown = this.grown;
    if (!grown) {
      grown = new Writer(last.text.length * 2).bytes(last.text);
      this.grown = grown;
    }
    grown.bytes(text);
  }
}

/** A signature ends a thought, and belongs to it where it comes alone. */
function continues(last: Part, part: Part): bool {
  if (last.kind != part.kind) return false;
  if (part.kind == PartKind.Text) return true;
  return part.kind == PartKind.Thinking && last.text.length > 0 && !last.signature.length;
}
