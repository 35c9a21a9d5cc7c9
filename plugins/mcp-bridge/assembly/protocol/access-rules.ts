// Who may use what of a server. Each rule says whom it is for and what it opens; a caller has all that its rules open.
// What a caller has not is not there for it: not listed, and refused as what does not exist.
import { Slice } from "@weir/sdk/assembly";
import { fitsPattern } from "@weir/dialects/surfaces/assembly/allow-list";
import { Caller } from "./caller";
import { PROMPTS, TOOLS } from "./listing";
import { RpcError } from "./rpc-error";

/** A claim that a token must have. */
@final
export class RequiredClaim {
  constructor(
    readonly name: string,
    /** One of them is enough. */
    private readonly values: Slice[],
  ) {}

  isMetBy(caller: Caller): bool {
    for (let i = 0; i < this.values.length; ++i) if (caller.hasClaim(this.name, this.values[i])) return true;
    return false;
  }
}

/** One rule. Lists are of patterns; where there is none it does not matter. */
@final
export class AccessRule {
  consumers: Slice[] | null = null;
  organizations: Slice[] | null = null;
  teams: Slice[] | null = null;
  users: Slice[] | null = null;
  readonly claims: RequiredClaim[] = [];
  /** All of them are needed. */
  scopes: Slice[] = [];
  tools: Slice[] | null = null;
  prompts: Slice[] | null = null;
  /** Patterns of URIs, and of templates as they are written. */
  resources: Slice[] | null = null;

  /** Whether it is for the caller, if it has the scopes. */
  isFor(caller: Caller): bool {
    if (!fitsIf(this.consumers, caller.consumer)) return false;
    if (!fitsIf(this.organizations, caller.organization)) return false;
    if (!fitsIf(this.teams, caller.team)) return false;
    if (!fitsIf(this.users, caller.user)) return false;
    for (let i = 0; i < this.claims.length; ++i) if (!this.claims[i].isMetBy(caller)) return false;
    return true;
  }

  hasScopes(caller: Caller): bool {
    for (let i = 0; i < this.scopes.length; ++i) if (!caller.hasScope(this.scopes[i])) return false;
    return true;
  }

  opens(kind: Slice, name: Slice): bool {
    const patterns = kind.equals(TOOLS) ? this.tools : kind.equals(PROMPTS) ? this.prompts : this.resources;
    return fitsIf(patterns, name);
  }
}

/** Nobody's name fits no pattern. */
function fitsIf(patterns: Slice[] | null, name: Slice): bool {
  if (!patterns) return true;
  for (let i = 0; i < patterns.length; ++i) if (name.length && fitsPattern(patterns[i], name)) return true;
  return false;
}

/** What one caller may use. */
@final
export class Rights {
  private readonly own: AccessRule[] = [];
  /** Those that scopes would add. */
  private readonly further: AccessRule[] = [];

  constructor(
    private readonly rules: AccessRule[],
    readonly caller: Caller,
  ) {
    for (let i = 0; i < rules.length; ++i) {
      if (!rules[i].isFor(caller)) continue;
      if (rules[i].hasScopes(caller)) this.own.push(rules[i]);
      else this.further.push(rules[i]);
    }
  }

  /** Before it is known who calls. */
  static none(): Rights {
    return new Rights([], new Caller([]));
  }

  /** Whether what it is told may not be told others. */
  get isLimited(): bool {
    return this.rules.length > 0;
  }

  /** Why the server is not there for the caller at all; null where it is. */
  get refusal(): RpcError | null {
    if (!this.rules.length || this.own.length) return null;
    return forbidden(this.further.length ? wordsOf(this.further[0].scopes) : "");
  }

  allows(kind: Slice, name: Slice): bool {
    if (!this.rules.length) return true;
    for (let i = 0; i < this.own.length; ++i) if (this.own[i].opens(kind, name)) return true;
    return false;
  }

  /** Why something is not there that scopes would open; null where none would. */
  refusalOf(kind: Slice, name: Slice): RpcError | null {
    if (this.allows(kind, name)) return null;
    for (let i = 0; i < this.further.length; ++i) {
      if (this.further[i].opens(kind, name)) return forbidden(wordsOf(this.further[i].scopes));
    }
    return null;
  }
}

function forbidden(scopes: string): RpcError {
  const error = RpcError.transport(403, scopes.length ? "Forbidden: the token lacks scopes: " + scopes : "Forbidden");
  error.scopes = scopes;
  return error;
}

function wordsOf(words: Slice[]): string {
  let text = "";
  for (let i = 0; i < words.length; ++i) text += (i ? " " : "") + words[i].toText();
  return text;
}
