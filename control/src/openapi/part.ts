// Parts of an OpenAPI document, each with its place in it, and the way along its references.
import type { Path } from "../config/path.ts";

export type Json = Record<string, unknown>;

export interface Part {
  value: Json;
  place: Path;
}

export function mapping(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** More references in a row lead nowhere. */
const referencesMax = 32;

/** A document of OpenAPI 3.1, all of whose references lead into itself. */
export class ApiDocument {
  readonly root: Json;

  constructor(root: Json) {
    this.root = root;
  }

  get whole(): Part {
    return { value: this.root, place: [] };
  }

  /** The mapping below `step`, with its reference followed; null where there is none. */
  below(part: Part, step: string | number): Part | null {
    const value = mapping((part.value as Record<string | number, unknown>)[step]);
    return value && this.follow({ value, place: [...part.place, step] });
  }

  /** The mappings of a list below `step`, or of a mapping. */
  allBelow(part: Part, step: string): Part[] {
    const value = part.value[step];
    const here: Part = { value: (mapping(value) ?? Object(listOf(value))) as Json, place: [...part.place, step] };
    const steps = Array.isArray(value) ? value.keys() : Object.keys(mapping(value) ?? {});
    return [...steps].flatMap((each) => this.below(here, each) ?? []);
  }

  /** What a reference leads to, in the end; null where that is nothing. */
  follow(part: Part): Part | null {
    let at: Part | null = part;
    for (let count = 0; at && typeof at.value["$ref"] === "string"; count++) {
      at = count < referencesMax ? this.target(at.value["$ref"]) : null;
    }
    return at;
  }

  /** What `#/components/schemas/Pet` names. */
  target(reference: string): Part | null {
    const place = placeOf(reference);
    const value = place && mapping(this.valueAt(place));
    return value && { value, place: place! };
  }

  /** The same of what may be no mapping: `true` is a schema too. */
  valueAt(place: Path): unknown {
    return place.reduce<unknown>(
      (parent, step) => (parent as Record<string | number, unknown> | null)?.[step],
      this.root,
    );
  }
}

/** The place that a JSON pointer (RFC 6901) names; null for one that leads out of the document. */
export function placeOf(reference: string): Path | null {
  if (!reference.startsWith("#")) return null;
  const steps = reference.slice(1).split("/").slice(1);
  return steps.map((step) => decoded(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
