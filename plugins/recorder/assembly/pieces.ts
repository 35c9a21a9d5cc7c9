// A streamed answer, put together: its texts, thoughts and calls of tools, each joined from the events that brought it.
import { Slice } from "@weir/sdk/assembly";
import { CappedJson } from "./capped-json";
import { Found } from "./found";
import { KeptText } from "./kept-text";
import { Redactor } from "./redactor";

/** What a piece is. */
export const enum PieceKind {
  Text = 0,
  Thinking = 1,
  Tool = 2,
  Error = 3,
}

const NAMES: StaticArray<Slice> = [Slice.of("text"), Slice.of("thinking"), Slice.of("arguments"), Slice.of("error")];
const TOOL = Slice.of("tool");
const CHOICE = Slice.of("choice");
/** Whoever sends more of them fills the record with names. */
const PIECES_MAX: i32 = 256;
const NAME_BYTES_MAX: i32 = 128;

/** One of them. */
@final
class Piece {
  readonly text: KeptText = new KeptText();
  readonly name: KeptText = new KeptText();

  constructor(
    readonly kind: PieceKind,
    readonly choice: i32,
    readonly index: i32,
  ) {}
}

/** All of one answer. */
@final
export class Pieces {
  /** Whether something was left out, or may have been. */
  isCut: bool = false;
  private readonly list: Piece[] = [];
  private length: i32 = 0;

  constructor(private readonly bytesMax: i32) {}

  /** Whether what comes can be passed over. */
  get isFull(): bool {
    return this.isCut;
  }

  /** Adds to a piece, which begins with its first bytes; `content` as it stands in JSON. */
  add(kind: PieceKind, choice: i32, index: i32, content: Slice): void {
    if (!content.length) return;
    const piece = this.piece(kind, choice, index);
    if (!piece) return;
    const before = piece.text.length;
    piece.text.add(content, max(this.bytesMax - this.length / 2, 0));
    this.length += piece.text.length - before;
    if (piece.text.isCut) this.isCut = true;
  }

  /** Names the tool that a piece calls. */
  nameTool(choice: i32, index: i32, name: Slice): void {
    if (!name.length) return;
    const piece = this.piece(PieceKind.Tool, choice, index);
    if (piece) piece.name.add(name, NAME_BYTES_MAX);
  }

  /** The index of a call that has none of its own. */
  get next(): i32 {
    return this.list.length;
  }

  /** The stream has ended before its time: the last texts may be halves. */
  cut(): void {
    this.isCut = true;
    for (let i = 0; i < this.list.length; ++i) {
      const piece = this.list[i];
      if (piece.kind != PieceKind.Error) piece.text.isCut = true;
    }
  }

  /** Writes them as a list. */
  write(redactor: Redactor, found: Found): Slice {
    const json = new CappedJson(this.bytesMax);
    json.open(false);
    for (let i = 0; i < this.list.length && json.open(true); ++i) {
      const piece = this.list[i];
      if (piece.choice) writeChoice(json, piece.choice);
      if (piece.name.length) {
        json.key(TOOL);
        json.text(piece.name.take(redactor, found));
      }
      json.key(NAMES[piece.kind]);
      json.text(piece.text.take(redactor, found));
      json.close();
    }
    if (json.isFull) this.isCut = true;
    return json.finish();
  }

  private piece(kind: PieceKind, choice: i32, index: i32): Piece | null {
    for (let i = this.list.length - 1; i >= 0; --i) {
      const piece = this.list[i];
      if (piece.kind == kind && piece.choice == choice && piece.index == index) return piece;
    }
    if (this.list.length == PIECES_MAX) {
      this.isCut = true;
      return null;
    }
    const piece = new Piece(kind, choice, index);
    this.list.push(piece);
    return piece;
  }
}

function writeChoice(json: CappedJson, choice: i32): void {
  json.key(CHOICE);
  json.raw(Slice.of(choice.toString()));
}
