// A function as templates know it: its name, its code, and how it is called.
import { Run } from "./run";
import { Value } from "./value";

/** The code of a function. */
export type TemplateFunction = (run: Run, values: Value[]) => Value;

/** Which operands are evaluated. */
export const enum Order {
  All = 0,
  UntilTrue,
  UntilFalse,
}

/** Any number of arguments. */
export const ANY: i32 = i32.MAX_VALUE;

/** One function. */
@final
export class FunctionEntry {
  /** Whether Higress's library has it from sprig, not from Go's templates. */
  isForeign: bool = true;
  /** Whether that library loses what is piped into it. */
  isUnpiped: bool = false;
  order: Order = Order.All;

  constructor(
    readonly name: string,
    readonly call: TemplateFunction,
    private readonly least: i32,
    private readonly most: i32 = least,
  ) {}

  /** Whether it can be called with that many arguments. */
  takes(count: i32): bool {
    return count >= this.least && count <= this.most;
  }

  /** Says that it belongs to Go's own templates. */
  builtIn(): FunctionEntry {
    this.isForeign = false;
    return this;
  }

  /** As `builtIn`, of one that takes nothing from a pipeline. */
  unpiped(): FunctionEntry {
    this.isUnpiped = true;
    return this.builtIn();
  }

  inOrder(order: Order): FunctionEntry {
    this.order = order;
    return this.builtIn();
  }
}
