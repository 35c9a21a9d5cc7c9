// Credentials that the API asks for: each becomes a reference to an environment variable, never a text in the file.
// https://spec.openapis.org/oas/v3.1.1#security-requirement-object
import type { Path } from "../config/path.ts";
import { findUnprintable } from "../config/schema/scalar.ts";
import type { Findings } from "./findings.ts";
import { headerMistake } from "./parameters.ts";
import { listOf, mapping, textOf, type ApiDocument, type Json, type Part } from "./part.ts";
import type { RequestDraft } from "./request-draft.ts";

/** How one scheme is carried. */
interface Credential {
  id: string;
  /** An entry of `securitySchemes`; null where only a template can send it. */
  scheme: Json | null;
  /** What somebody who uses it has to know. */
  notice?: Remark;
  /** Sends it beside another credential. */
  addTo(draft: RequestDraft): void;
}

interface Remark {
  place: Path;
  message: string;
  fix: string;
}

/** The schemes of a document, and which of them an operation takes. */
export class Credentials {
  readonly #document: ApiDocument;
  readonly #server: string;
  readonly #preferred: string | null;
  readonly #findings: Findings;
  readonly #used = new Map<string, Credential>();

  /** `server` is the server's name, which variables begin with; `preferred` a scheme that is taken where it can be. */
  constructor(document: ApiDocument, server: string, preferred: string | null, findings: Findings) {
    this.#document = document;
    this.#server = server;
    this.#preferred = preferred;
    this.#findings = findings;
  }

  /** `securitySchemes`: those that some tool uses. */
  get schemes(): Json[] {
    return [...this.#used.values()].flatMap(({ scheme }): Json[] => (scheme ? [scheme] : []));
  }

  /** Has the request show what the operation asks for. */
  apply(operation: Part, draft: RequestDraft): void {
    const isOwn = Array.isArray(operation.value["security"]);
    const part = isOwn ? operation : this.#document.whole;
    const place: Path = [...part.place, "security"];
    const ways = listOf(part.value["security"]).map((way) => Object.keys(mapping(way) ?? {}));
    if (ways.length === 0) return;
    const chosen = this.#choose(ways, place);
    const own = chosen.find(({ scheme }) => scheme !== null);
    for (const { notice } of chosen) if (notice) this.#findings.lost(notice.place, notice.message, notice.fix);
    if (own) {
      draft.securityId = own.id;
      this.#used.set(own.id, own);
    }
    for (const credential of chosen) if (credential !== own) credential.addTo(draft);
  }

  /** One of the ways that can be gone; nothing at all is one only where the document says so. */
  #choose(ways: string[][], place: Path): Credential[] {
    const all = ways.map((ids) => ids.map((id) => this.#credential(id, place)));
    const possible = all.filter((way): way is Credential[] => way.every((each) => "id" in each));
    const preferred = possible.find((way) => way.some(({ id }) => id === this.#preferred));
    const chosen = preferred ?? possible.find((way) => way.length === 0) ?? possible[0];
    if (chosen === undefined) {
      for (const each of all.flat()) if (!("id" in each)) this.#findings.lost(each.place, each.message, each.fix);
      const fix = "Its tools are called without a credential; add headers to their requestTemplate";
      this.#findings.lost(place, "None of the credentials that it may have can be shown", fix);
      return [];
    }
    if (ways.length > 1) {
      const named = chosen.map(({ id }) => id).join(" and ") || "no credential";
      const others = ways.map((ids) => ids.join(" and ") || "none").join(", ");
      this.#findings.chosen(place, `Of several credentials (${others}) tools show ${named}`, "Choose by --security");
    }
    return chosen;
  }

  /** Or why it cannot be shown. */
  #credential(id: string, place: Path): Credential | Remark {
    const part = this.#part(id);
    if (!part) {
      return { place, message: `There is no security scheme ${id}`, fix: "Define it in components.securitySchemes" };
    }
    const odd = nameMistake(id);
    if (odd !== null) {
      return { place: part.place, message: `The security scheme's name ${odd}`, fix: "Give it another name" };
    }
    const reference = `\${${variableName(this.#server, id)}}`;
    const { type } = part.value;
    if (type === "apiKey") return apiKey(id, part, reference);
    if (type === "http") return http(id, part, reference);
    if (type === "oauth2" || type === "openIdConnect") {
      const message = `${String(type)}: a token is taken as it is from ${reference}`;
      const fix = "Put a token into that variable, and renew it when it ends";
      return { ...bearer(id, reference), notice: { place: part.place, message, fix } };
    }
    return {
      place: part.place,
      message: `Credentials of the type ${String(type)} cannot be shown`,
      fix: "Use another scheme",
    };
  }

  #part(id: string): Part | null {
    const components = this.#document.below(this.#document.whole, "components");
    const schemes = components && this.#document.below(components, "securitySchemes");
    return schemes && this.#document.below(schemes, id);
  }
}

/** Why a configuration cannot name something so; null where it can. */
function nameMistake(name: string): string | null {
  return name === "" ? "is empty" : (findUnprintable(name)?.message ?? null);
}

function http(id: string, part: Part, reference: string): Credential | Remark {
  const scheme = textOf(part.value["scheme"])?.toLowerCase();
  if (scheme === "bearer") return bearer(id, reference);
  if (scheme === "basic") {
    return {
      ...headerKey(id, reference, "Authorization", (value) => `Basic {{b64enc ${value}}}`),
      scheme: { id, type: "http", scheme, defaultCredential: reference },
    };
  }
  return {
    place: part.place,
    message: `The HTTP scheme ${scheme ?? ""} cannot be shown`,
    fix: "Use basic, bearer or a key",
  };
}

function bearer(id: string, reference: string): Credential {
  return {
    ...headerKey(id, reference, "Authorization", (value) => `Bearer {{${value}}}`),
    scheme: { id, type: "http", scheme: "bearer", defaultCredential: reference },
  };
}

function apiKey(id: string, { value: { in: where, name }, place }: Part, reference: string): Credential | Remark {
  const wire = textOf(name) ?? id;
  const mistake = where === "header" ? headerMistake(wire) : nameMistake(wire);
  if (mistake !== null) return { place, message: `The ${where} ${wire} ${mistake}`, fix: "Correct the scheme's name" };
  const scheme = { id, type: "apiKey", in: where, name: wire, defaultCredential: reference };
  const field = configName(id);
  const key = encodeURIComponent(wire);
  if (where === "header") return { ...headerKey(id, reference, wire, (value) => `{{${value}}}`), scheme };
  const addTo = (draft: RequestDraft) => {
    draft.config[field] = reference;
    if (where === "cookie") draft.cookies.push(`${wire}={{.config.${field}}}`);
    else draft.query.push(`&${key}={{urlquery .config.${field}}}`);
  };
  return { id, addTo, scheme: where === "query" ? scheme : null };
}

function headerKey(id: string, reference: string, key: string, written: (value: string) => string): Credential {
  const field = configName(id);
  const addTo = (draft: RequestDraft) => {
    draft.config[field] = reference;
    draft.headers.push({ key, value: written(`.config.${field}`) });
  };
  return { id, addTo, scheme: null };
}

function configName(id: string): string {
  return id.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=\d)/, "_");
}

/** `PETSTORE_API_KEY`: the server, and what its scheme is called. */
export function variableName(server: string, id: string): string {
  const [first, second] = [server, id].map(shouted);
  return (second!.startsWith(`${first}_`) ? second! : `${first}_${second}`).replace(/^(?=\d)/, "_");
}

function shouted(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .toUpperCase();
}
