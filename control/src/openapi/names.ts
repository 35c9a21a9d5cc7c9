// Names of tools and of their arguments: such as every client and every model's API takes.

/** Clients put a server's name before it, and models' APIs allow 64 characters in all. */
const toolNameMax = 64;
const argumentNameMax = 64;
const legalArgument = /^[A-Za-z0-9_.-]{1,64}$/;

/** Gives names to tools, no two of them the same. */
export class ToolNames {
  readonly #taken = new Set<string>();

  /** From an operation's id, or of what it calls. */
  claim(prefix: string, id: string, call: string): string {
    const base = `${prefix}${words(id) || words(call) || "call"}`.slice(0, toolNameMax);
    const name = free(base, this.#taken, toolNameMax);
    this.#taken.add(name);
    return name;
  }
}

function words(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^[_-]+|[_-]+$/g, "");
}

/** Gives names to the arguments of one tool. */
export class ArgumentNames {
  readonly #taken = new Set<string>();

  /** As it is called in the API where that can be; `isField`: templates write it behind a dot. */
  claim(wire: string, where: string, isField: boolean): string {
    const base = legalArgument.test(wire) && !(isField && !isFieldName(wire)) ? wire : fieldName(wire, where);
    const own = this.#taken.has(base) ? `${fieldName(wire, where)}_${where}` : base;
    const name = free(own, this.#taken, argumentNameMax);
    this.#taken.add(name);
    return name;
  }

  /** Whether it can have this very name. */
  isFree(wire: string): boolean {
    return legalArgument.test(wire) && !this.#taken.has(wire);
  }
}

export function isFieldName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name);
}

function fieldName(wire: string, where: string): string {
  const name = wire.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+|_+$/g, "");
  if (name === "") return where;
  return (/^\d/.test(name) ? `_${name}` : name).slice(0, argumentNameMax);
}

function free(base: string, taken: Set<string>, max: number): string {
  let name = base.slice(0, max);
  for (let number = 2; taken.has(name); number++) {
    const suffix = `_${number}`;
    name = base.slice(0, max - suffix.length) + suffix;
  }
  return name;
}
