// What stands in an action: constants, fields, variables, calls of functions, and pipelines of all these.
import { Slice } from "@weir/sdk/assembly";
import { FunctionEntry, Order } from "./function-entry";
import { goText } from "./go-text";
import { Run } from "./run";
import { Value } from "./value";

const CONFIG = Slice.of("config");

/** Something with a value. */
export abstract class Operand {
  /** Its value where the dot is `dot`. `piped` is what the command before it in a pipeline has given. */
  abstract evaluate(run: Run, dot: Value, piped: Value | null): Value;

  /** Whether it is a value as it was given, that nothing in the template has had a hand in. */
  get isGiven(): bool {
    return false;
  }
}

/** Of what is no function: it takes nothing from a pipeline. */
function refused(run: Run, piped: Value | null): bool {
  if (piped) run.fail("can't give an argument to what is no function");
  return piped != null;
}

/** A text, a number, true or false. */
@final
export class Literal extends Operand {
  constructor(private readonly value: Value) {
    super();
  }

  evaluate(run: Run, dot: Value, piped: Value | null): Value {
    return refused(run, piped) ? Value.missing() : this.value;
  }
}

/** `nil`, which stands for nothing by itself. */
@final
export class Nil extends Operand {
  evaluate(run: Run, dot: Value, piped: Value | null): Value {
    return run.fail("nil is not a command");
  }
}

/** `.` */
@final
export class Dot extends Operand {
  get isGiven(): bool {
    return true;
  }

  evaluate(run: Run, dot: Value, piped: Value | null): Value {
    return refused(run, piped) ? Value.missing() : dot;
  }
}

/** `$name` */
@final
export class Variable extends Operand {
  constructor(private readonly name: Slice) {
    super();
  }

  get isGiven(): bool {
    return true;
  }

  evaluate(run: Run, dot: Value, piped: Value | null): Value {
    return refused(run, piped) ? Value.missing() : run.variable(this.name);
  }
}

/** `.a.b` of something. What is not there has no fields, and is no mistake. */
@final
export class FieldPath extends Operand {
  readonly names: Slice[] = [];

  constructor(private readonly base: Operand) {
    super();
  }

  /** The configuration is the author's own, and may hold whole URLs. */
  get isGiven(): bool {
    return this.base.isGiven && this.names.length > 0 && !this.names[0].equals(CONFIG);
  }

  evaluate(run: Run, dot: Value, piped: Value | null): Value {
    const base = this.base.evaluate(run, dot, piped);
    let value = base;
    for (let i = 0; i < this.names.length; ++i) {
      value = value.field(this.names[i]);
      if (!i && value.isMissing && base == run.root) value = run.beside(this.names[i]);
    }
    return value;
  }
}

/** A call of a function. */
@final
export class Call extends Operand {
  readonly operands: Operand[] = [];

  constructor(private readonly called: FunctionEntry) {
    super();
  }

  evaluate(run: Run, dot: Value, piped: Value | null): Value {
    const called = this.called;
    if (called.order != Order.All) return this.decide(run, dot, piped);
    const values: Value[] = [];
    for (let i = 0; i < this.operands.length; ++i) {
      values.push(given(run, called, this.operands[i].evaluate(run, dot, null)));
      if (run.hasFailed) return Value.missing();
    }
    if (piped && takesPiped(run, called, piped)) values.push(given(run, called, piped));
    if (!called.takes(values.length)) return run.fail("wrong number of arguments for " + called.name);
    return returned(run, called, called.call(run, values));
  }

  /** `and` and `or` look at their operands one after the other, and stop where the answer is known. */
  private decide(run: Run, dot: Value, piped: Value | null): Value {
    const stopsAt = this.called.order == Order.UntilTrue;
    let value = Value.missing();
    for (let i = 0; i < this.operands.length; ++i) {
      value = this.operands[i].evaluate(run, dot, null);
      if (run.hasFailed || value.isTrue == stopsAt) return value;
    }
    return piped ? piped : value;
  }
}

/** Higress's library hands its functions a list or a map as JSON text, and nothing at all where a pipe is empty. */
function given(run: Run, called: FunctionEntry, value: Value): Value {
  return run.isCompatible && called.isForeign && value.isContainer ? Value.ofText(value.raw) : value;
}

function takesPiped(run: Run, called: FunctionEntry, piped: Value): bool {
  if (!run.isCompatible) return true;
  return called.isForeign ? !piped.isMissing : !called.isUnpiped;
}

/** And prints what they make as Go does. */
function returned(run: Run, called: FunctionEntry, value: Value): Value {
  return run.isCompatible && called.isForeign && value.isContainer ? Value.ofText(goText(value)) : value;
}

/** Commands of which each gets what the one before it has given. */
@final
export class Pipeline extends Operand {
  /** What it declares; of two the first is the index. */
  names: Slice[] = [];
  isAssignment: bool = false;
  readonly commands: Operand[] = [];

  get isGiven(): bool {
    return this.commands.length == 1 && this.commands[0].isGiven;
  }

  evaluate(run: Run, dot: Value, piped: Value | null): Value {
    let value = piped;
    for (let i = 0; i < this.commands.length; ++i) {
      value = this.commands[i].evaluate(run, dot, value);
      if (run.hasFailed) return Value.missing();
    }
    const result = value ? value : Value.missing();
    if (this.names.length == 1) this.keep(run, result);
    return result;
  }

  private keep(run: Run, value: Value): void {
    if (this.isAssignment) run.assign(this.names[0], value);
    else run.define(this.names[0], value);
  }
}
