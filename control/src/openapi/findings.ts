// What an import could not carry, or chose by itself, with the place in the document that was read.
import type { Path } from "../config/path.ts";
import { formatPath } from "../config/path.ts";
import type { Report } from "../config/report.ts";

/** Where Swagger 2.0 has what OpenAPI 3 keeps in `components`. */
const oldPlaces: Record<string, string> = {
  schemas: "definitions",
  parameters: "parameters",
  responses: "responses",
  securitySchemes: "securityDefinitions",
};

export class Findings {
  readonly #report: Report;
  readonly #isOldForm: boolean;
  readonly #known = new Set<string>();

  /** `isOldForm`: the file is of Swagger 2.0, while places are those of the OpenAPI document made of it. */
  constructor(report: Report, isOldForm: boolean) {
    this.#report = report;
    this.#isOldForm = isOldForm;
  }

  /** Something has no counterpart among tools. */
  lost(place: Path, message: string, fix: string): void {
    if (this.#isNew(place, message)) this.#report.warning(this.#written(place), { message, fix });
  }

  /** Nothing is lost, but somebody might want it otherwise. */
  chosen(place: Path, message: string, fix: string): void {
    if (this.#isNew(place, message)) this.#report.info(this.#written(place), { message, fix });
  }

  /** A schema that several tools share is told of once. */
  #isNew(place: Path, message: string): boolean {
    const key = `${formatPath(place)} ${message}`;
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    return true;
  }

  #written(place: Path): Path {
    const [first, kind, ...rest] = place;
    if (!this.#isOldForm || first !== "components" || kind === undefined) return place;
    const old = oldPlaces[String(kind)];
    return old === undefined ? place : [old, ...rest];
  }
}
