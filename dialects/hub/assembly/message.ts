// One message of a conversation.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Part, PartKind } from "./part";

/** Who speaks. Tool results are parts of a user's message, whatever role a dialect has for them. */
export const enum Role {
  System = 0,
  Developer = 1,
  User = 2,
  Assistant = 3,
}

/** A message. */
@final
export class Message {
  // With room from the start: `[]` has none, and would grow at the first part.
  parts: Part[] = new Array<Part>();
  /** The participant's name, where the dialect has one. */
  name: Slice = Slice.empty();

  constructor(readonly role: Role) {}

  /** Whether its role instructs: system or developer. */
  get isInstruction(): bool {
    return this.role == Role.System || this.role == Role.Developer;
  }

  /** Whether it has a part of this kind. */
  has(kind: PartKind): bool {
    for (let i = 0; i < this.parts.length; ++i) if (this.parts[i].kind == kind) return true;
    return false;
  }
}
