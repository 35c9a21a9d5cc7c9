// Which tools a request may see and call: a list in a header, written by whoever is in front of the gateway or of this
// plugin. It only ever takes away.
import { HeaderList, Slice } from "@weir/sdk/assembly";

/** Higress's header. Envoy's edge takes it from clients; plugins in front may write it. */
export const HIGRESS_TOOLS = Slice.of("x-envoy-allow-mcp-tools");
const COMMA: u8 = 0x2c;

/** Names, or none for all. */
@final
export class Narrowing {
  private readonly names: Slice[] = [];
  /** Whether there is a limit at all. */
  isLimited: bool = false;

  /** Reads the header; each one that is there has to allow a tool. */
  constructor(headers: HeaderList, own: Slice) {
    this.read(headers, HIGRESS_TOOLS);
    if (own.length) this.read(headers, own);
  }

  private read(headers: HeaderList, header: Slice): void {
    for (let i = headers.indexOf(header); i >= 0; i = headers.indexOf(header, i + 1)) {
      const named = namesIn(headers.value(i));
      // An empty one says nothing.
      if (!named.length) continue;
      if (this.isLimited) this.keep(named);
      else for (let at = 0; at < named.length; ++at) this.names.push(named[at]);
      this.isLimited = true;
    }
  }

  private keep(named: Slice[]): void {
    for (let i = this.names.length - 1; i >= 0; --i) {
      if (!contains(named, this.names[i])) this.names.splice(i, 1);
    }
  }

  allows(name: Slice): bool {
    return !this.isLimited || contains(this.names, name);
  }
}

function namesIn(value: Slice): Slice[] {
  const names: Slice[] = [];
  for (let from = 0; from <= value.length;) {
    const comma = value.indexOf(COMMA, from);
    const end = comma < 0 ? value.length : comma;
    const name = value.slice(from, end).trim();
    if (name.length) names.push(name);
    from = end + 1;
  }
  return names;
}

function contains(names: Slice[], wanted: Slice): bool {
  for (let i = 0; i < names.length; ++i) if (names[i].equals(wanted)) return true;
  return false;
}
