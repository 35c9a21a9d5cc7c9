// The request of one tool while it is put together of parameters, a body and credentials.
import type { Path } from "../config/path.ts";
import { ArgumentNames } from "./names.ts";
import type { Json } from "./part.ts";

export type Where = "path" | "query" | "header" | "cookie" | "body";

export interface Argument {
  name: string;
  schema: unknown;
  isRequired: boolean;
  /** None where templates alone say where it goes. */
  position?: Where;
  isExploded?: boolean;
}

export class RequestDraft {
  readonly names = new ArgumentNames();
  readonly args: Argument[] = [];
  /** With `{name}` for path arguments, or templates. */
  path: string;
  /** Parts of the query as templates; each begins with an ampersand. */
  readonly query: string[] = [];
  readonly headers: { key: string; value: string }[] = [];
  /** Parts of the header `cookie`, each a template. */
  readonly cookies: string[] = [];
  body: string | null = null;
  gathers: "argsToJsonBody" | "argsToFormBody" | null = null;
  /** Values that templates see as `.config`: credentials. */
  readonly config: Record<string, string> = {};
  securityId: string | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** Whether arguments without a position would be gathered besides those that are meant. */
  get hasFreeArguments(): boolean {
    return this.args.some(({ position }) => position === undefined);
  }

  /** `inputSchema.properties` and `required`. */
  get schema(): Json {
    const required = this.args.filter(({ isRequired }) => isRequired).map(({ name }) => name);
    return {
      type: "object",
      properties: Object.fromEntries(this.args.map(({ name, schema }) => [name, schema])),
      ...(required.length > 0 && { required }),
    };
  }

  /** `args`: where they go. */
  get positions(): Json[] {
    return this.args.map(({ name, position, isExploded }) => ({
      name,
      ...(position !== undefined && { position }),
      ...(isExploded && { explode: true }),
    }));
  }

  /** `requestTemplate`, but for what says how the API is convinced. */
  template(method: string): Json {
    const headers = [...this.headers];
    if (this.cookies.length > 0) headers.push({ key: "Cookie", value: this.cookies.join("; ") });
    const query = this.query.join("").replace(/^&/, "");
    return {
      url: query === "" ? this.path : `${this.path}${this.path.includes("?") ? "&" : "?"}${query}`,
      method,
      ...(headers.length > 0 && { headers }),
      ...(this.body !== null && { body: this.body }),
      ...(this.gathers !== null && { [this.gathers]: true }),
      ...(this.securityId !== null && { security: { id: this.securityId } }),
    };
  }
}

/** Of what a problem is told, and where. */
export interface Spot {
  place: Path;
  name: string;
}
