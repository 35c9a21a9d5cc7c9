// Signatures that are parts of their own in the hub, not being of thinking or a call: here each stands beside the part
// that it came with, or beside a text that says nothing.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Part, PartKind } from "../../hub/assembly/part";
import { isLoneSignature } from "./decode-part";

/** The parts without lone signatures, which are put into the `signature` of others. */
export function placeSignatures(parts: Part[]): Part[] {
  const placer = new SignaturePlacer();
  for (let i = 0; i < parts.length; ++i) {
    if (isLoneSignature(parts[i])) placer.addSignature(parts[i].signature);
    else placer.addPart(parts[i]);
  }
  placer.release();
  return placer.parts;
}

@final
class SignaturePlacer {
  readonly parts: Part[] = [];
  /** One that waits for the part behind it: clients of OpenAI's dialect hand thinking back before text. */
  private held: Slice = Slice.empty();

  addPart(part: Part): void {
    this.parts.push(part);
    if (!this.held.length || !takesSignature(part)) return;
    part.signature = this.held;
    this.held = Slice.empty();
  }

  addSignature(signature: Slice): void {
    const last = this.parts.length ? this.parts[this.parts.length - 1] : null;
    if (last && takesSignature(last)) {
      last.signature = signature;
      return;
    }
    this.release();
    this.held = signature;
  }

  /** Gives a signature that found no part a text of its own, as Google's streams do. */
  release(): void {
    if (!this.held.length) return;
    const part = new Part(PartKind.Text);
    part.signature = this.held;
    this.parts.push(part);
    this.held = Slice.empty();
  }
}

function takesSignature(part: Part): bool {
  switch (part.kind) {
    case PartKind.Text:
    case PartKind.Image:
    case PartKind.Document:
    case PartKind.Audio:
    case PartKind.ToolCall:
      return !part.signature.length;
    default:
      return false;
  }
}
