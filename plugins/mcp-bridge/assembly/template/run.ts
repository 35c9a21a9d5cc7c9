// One execution of a template: what it works on, what it has written, and what went wrong.
import { Slice, Writer } from "@weir/sdk/assembly";
import { Ambient } from "./ambient";
import { Value } from "./value";

/** How many nodes are executed, and how many bytes written: neither data nor a template may run for ever. */
const STEPS_MAX: i32 = 200_000;
const OUTPUT_BYTES_MAX: i32 = 4 * 1024 * 1024;
const DEPTH_MAX: i32 = 32;

const UNDERSCORE: u8 = 0x5f;

/** What a template works on. */
@final
export class Scope {
  constructor(
    readonly root: Value,
    readonly ambient: Ambient,
    /** A map of what can be asked for besides: `_args`, `_headers`. */
    readonly beside: Value = Value.missing(),
  ) {}
}

/** The state of an execution. */
@final
export class Run {
  readonly output: Writer = new Writer();
  /** Why the execution has ended early; empty where it has not. */
  problem: string = "";
  private readonly names: Slice[] = [];
  private readonly values: Value[] = [];
  private steps: i32 = 0;
  private depth: i32 = 0;

  constructor(
    readonly scope: Scope,
    /** Whether values are what Higress makes of them. */
    readonly isCompatible: bool,
    /** Whether a value that is printed as it is becomes a part of a URL. */
    readonly isUrl: bool,
  ) {}

  /** All that the template was given. */
  get root(): Value {
    return this.scope.root;
  }

  get ambient(): Ambient {
    return this.scope.ambient;
  }

  /** What stands beside the root under `name`, which begins with an underscore. */
  beside(name: Slice): Value {
    return name.at(0) == UNDERSCORE ? this.scope.beside.field(name) : Value.missing();
  }

  /** Ends the execution. Only the first reason counts. */
  fail(problem: string): Value {
    if (!this.problem.length) this.problem = problem;
    return Value.missing();
  }

  get hasFailed(): bool {
    return this.problem.length > 0;
  }

  /** Counts a step; false where there have been too many. */
  step(): bool {
    if (++this.steps > STEPS_MAX) this.fail("the template takes too many steps");
    else if (this.output.length > OUTPUT_BYTES_MAX) this.fail("the template's output is too large");
    return !this.hasFailed;
  }

  /** Enters a template inside the template. */
  enter(): bool {
    if (++this.depth > DEPTH_MAX) this.fail("templates are nested too deep");
    return !this.hasFailed;
  }

  leave(): void {
    --this.depth;
  }

  /** How many variables there are: what `forget` goes back to. */
  get mark(): i32 {
    return this.names.length;
  }

  forget(mark: i32): void {
    this.names.length = mark;
    this.values.length = mark;
  }

  define(name: Slice, value: Value): void {
    this.names.push(name);
    this.values.push(value);
  }

  assign(name: Slice, value: Value): void {
    for (let i = this.names.length - 1; i >= 0; --i) {
      if (!this.names[i].equals(name)) continue;
      this.values[i] = value;
      return;
    }
  }

  /** `$` is the variable without a name. */
  variable(name: Slice): Value {
    for (let i = this.names.length - 1; i >= 0; --i) if (this.names[i].equals(name)) return this.values[i];
    return this.root;
  }
}
