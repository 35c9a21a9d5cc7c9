// A configuration file with the objects of a cluster behind its own entries, as one source. It knows whose each part
// is.
import type { ObjectEntry } from "../model/object-entry.ts";
import { objectKey } from "../model/object-entry.ts";
import { objectKinds } from "../model/object-kinds.ts";
import type { Path } from "./path.ts";
import type { Position, Source, SyntaxProblem } from "./source.ts";
import { isMapping } from "./written-names.ts";

export interface PlacedObject {
  entry: ObjectEntry;
  /** As the file would have it. */
  body: Record<string, unknown>;
}

/** Objects have no lines. */
const nowhere: Position = { line: 0, column: 0 };

export class ObjectSource implements Source {
  readonly root: unknown;
  readonly problems: SyntaxProblem[];
  readonly #file: Source;
  /** By section, and by the place in its list where it is one. */
  readonly #owners = new Map<string, PlacedObject>();

  constructor(file: Source, objects: readonly PlacedObject[]) {
    this.#file = file;
    this.problems = file.problems;
    this.root = isMapping(file.root) ? this.#joined(file.root, objects) : file.root;
  }

  /** Null where it is the file's. */
  ownerOf(path: Path): PlacedObject | null {
    const [section = "", index] = path;
    return this.#owners.get(`${section}`) ?? this.#owners.get(`${section}[${index}]`) ?? null;
  }

  valueAt(path: Path): Position {
    return this.ownerOf(path) ? nowhere : this.#file.valueAt(path);
  }

  keyAt(path: Path): Position {
    return this.ownerOf(path) ? nowhere : this.#file.keyAt(path);
  }

  placeOf(path: Path): string {
    const owner = this.ownerOf(path);
    return owner ? objectKey(owner.entry) : this.#file.placeOf(path);
  }

  #joined(root: Record<string, unknown>, objects: readonly PlacedObject[]): Record<string, unknown> {
    const joined = { ...root };
    for (const placed of objects) {
      const { section, isWhole } = objectKinds[placed.entry.kind];
      if (isWhole) {
        joined[section] = placed.body;
        this.#owners.set(section, placed);
        continue;
      }
      const before = joined[section] ?? [];
      // What the file has in place of a list is told to its author.
      if (!Array.isArray(before)) continue;
      this.#owners.set(`${section}[${before.length}]`, placed);
      joined[section] = [...(before as unknown[]), placed.body];
    }
    return joined;
  }
}
