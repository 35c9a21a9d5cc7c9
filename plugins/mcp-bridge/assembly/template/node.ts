// What a template consists of: texts, actions that print, and those that hold other nodes.
import { encodePercent, Slice, Writer } from "@weir/sdk/assembly";
import { Operand, Pipeline } from "./operand";
import { Run } from "./run";
import { Value, ValueKind } from "./value";

/** How execution goes on behind a node. */
export const enum Flow {
  Next = 0,
  Break,
  Continue,
  /** The run says why. */
  Failed,
}

/** A part of a template. */
export abstract class TemplateNode {
  abstract execute(run: Run, dot: Value): Flow;
}

/** Nodes one after the other. */
@final
export class Block {
  readonly nodes: TemplateNode[] = [];

  /** Variables that are declared in it end with it. */
  execute(run: Run, dot: Value): Flow {
    const mark = run.mark;
    let flow = Flow.Next;
    for (let i = 0; i < this.nodes.length && flow == Flow.Next; ++i) {
      flow = run.step() ? this.nodes[i].execute(run, dot) : Flow.Failed;
    }
    run.forget(mark);
    return flow;
  }
}

@final
export class TextNode extends TemplateNode {
  constructor(private readonly text: Slice) {
    super();
  }

  execute(run: Run, dot: Value): Flow {
    run.output.bytes(this.text);
    return Flow.Next;
  }
}

/** An action whose value is printed, or kept in a variable. */
@final
export class PrintNode extends TemplateNode {
  constructor(private readonly pipeline: Pipeline) {
    super();
  }

  execute(run: Run, dot: Value): Flow {
    const value = this.pipeline.evaluate(run, dot, null);
    if (run.hasFailed) return Flow.Failed;
    if (this.pipeline.names.length) return Flow.Next;
    if (run.isUrl && this.pipeline.isGiven) run.output.bytes(encodePercent(value.toSlice()));
    else value.print(run.output, run.isCompatible);
    return Flow.Next;
  }
}

/** `if` and `with`. */
@final
export class ConditionNode extends TemplateNode {
  readonly body: Block = new Block();
  readonly otherwise: Block = new Block();

  constructor(
    private readonly pipeline: Pipeline,
    /** `with` makes its value the dot. */
    private readonly isWith: bool,
  ) {
    super();
  }

  execute(run: Run, dot: Value): Flow {
    const mark = run.mark;
    const value = this.pipeline.evaluate(run, dot, null);
    if (run.hasFailed) return Flow.Failed;
    const flow = value.isTrue ? this.body.execute(run, this.isWith ? value : dot) : this.otherwise.execute(run, dot);
    run.forget(mark);
    return flow;
  }
}

/** `range` over a list, a map, or as often as a number says. */
@final
export class RangeNode extends TemplateNode {
  readonly body: Block = new Block();
  readonly otherwise: Block = new Block();

  constructor(
    private readonly source: Operand,
    /** None, the element, or the index and the element. */
    private readonly names: Slice[],
  ) {
    super();
  }

  execute(run: Run, dot: Value): Flow {
    const value = this.source.evaluate(run, dot, null);
    if (run.hasFailed) return Flow.Failed;
    if (value.isContainer) return this.overElements(run, dot, value);
    if (value.isText) return this.overText(run, dot, value.text);
    if (value.isNumber) return this.overNumber(run, dot, value.integer);
    if (value.kind == ValueKind.Missing || value.kind == ValueKind.Null) return this.otherwise.execute(run, dot);
    run.fail("range can't iterate over this value");
    return Flow.Failed;
  }

  private overElements(run: Run, dot: Value, value: Value): Flow {
    if (value.first() < 0) return this.otherwise.execute(run, dot);
    const isMap = value.kind == ValueKind.Object;
    let index = 0;
    for (let node = value.first(); node >= 0; node = value.next(node), ++index) {
      const key = isMap ? Value.ofText(value.keyOf(node)) : Value.ofInteger(index);
      const flow = this.once(run, key, value.element(node));
      if (flow != Flow.Next) return ended(flow);
    }
    return Flow.Next;
  }

  private overNumber(run: Run, dot: Value, count: i64): Flow {
    if (count <= 0) return this.otherwise.execute(run, dot);
    for (let i: i64 = 0; i < count; ++i) {
      const flow = this.once(run, Value.ofInteger(i), Value.ofInteger(i));
      if (flow != Flow.Next) return ended(flow);
    }
    return Flow.Next;
  }

  /** Each of its characters. */
  private overText(run: Run, dot: Value, text: Slice): Flow {
    if (!text.length) return this.otherwise.execute(run, dot);
    for (let from = 0; from < text.length;) {
      let end = from + 1;
      while (end < text.length && (text.at(end) & 0xc0) == 0x80) ++end;
      const flow = this.once(run, Value.ofInteger(from), Value.ofText(text.slice(from, end)));
      if (flow != Flow.Next) return ended(flow);
      from = end;
    }
    return Flow.Next;
  }

  private once(run: Run, key: Value, element: Value): Flow {
    if (!run.step()) return Flow.Failed;
    const mark = run.mark;
    if (this.names.length == 2) run.define(this.names[0], key);
    if (this.names.length) run.define(this.names[this.names.length - 1], element);
    const flow = this.body.execute(run, element);
    run.forget(mark);
    return flow == Flow.Continue ? Flow.Next : flow;
  }
}

/** Where a loop was left. */
function ended(flow: Flow): Flow {
  return flow == Flow.Break ? Flow.Next : flow;
}

/** `break` and `continue`. */
@final
export class FlowNode extends TemplateNode {
  constructor(private readonly flow: Flow) {
    super();
  }

  execute(run: Run, dot: Value): Flow {
    return this.flow;
  }
}

/** `template`: another one's output. */
@final
export class TemplateCall extends TemplateNode {
  /** What it stands for, known when all of the text has been read. */
  called: Block | null = null;

  constructor(
    readonly name: Slice,
    private readonly pipeline: Pipeline | null,
  ) {
    super();
  }

  execute(run: Run, dot: Value): Flow {
    const called = this.called;
    const pipeline = this.pipeline;
    const given = pipeline ? pipeline.evaluate(run, dot, null) : Value.missing();
    if (!called || !run.enter()) return Flow.Failed;
    const mark = run.mark;
    run.define(Slice.empty(), given);
    const flow = called.execute(run, given);
    run.forget(mark);
    run.leave();
    return flow;
  }
}

/** What a block writes by itself. */
export function outputOf(block: Block, run: Run): Slice {
  block.execute(run, run.root);
  const output: Writer = run.output;
  return output.take();
}
