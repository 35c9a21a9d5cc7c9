// A scenario's script: what the plugin does in which callback, one operation a line.
//   <event>[#<n>] [[<header>]] <verb> <arguments>
// `#n`: only the n-th time the event happens to the stream. `[header]`: only if the request came with that header.

export class Operation {
  constructor(
    readonly event: string,
    /** 0: every time. */
    readonly occurrence: i32,
    /** Empty: always. */
    readonly header: string,
    readonly verb: string,
    readonly words: string[],
  ) {}

  /** Argument `i`, or nothing. */
  word(i: i32): string {
    return i < this.words.length ? this.words[i] : "";
  }

  /** Everything from argument `i` on. */
  text(i: i32): string {
    return this.words.slice(i).join(" ");
  }
}

export class Program {
  readonly operations: Operation[] = [];

  static parse(source: string): Program {
    const program = new Program();
    const lines = source.split("\n");
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i].trim();
      if (line.length) program.operations.push(parseOperation(line));
    }
    return program;
  }
}

function parseOperation(line: string): Operation {
  const words = line.split(" ");
  const event = words[0].split("#");
  const occurrence = event.length > 1 ? I32.parseInt(event[1]) : 0;
  const guarded = words[1].startsWith("[");
  const header = guarded ? words[1].substring(1, words[1].length - 1) : "";
  const verb = guarded ? 2 : 1;
  return new Operation(event[0], occurrence, header, words[verb], words.slice(verb + 1));
}
