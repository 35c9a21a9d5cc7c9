// A request with all that is known of it when a server gets it.
import { HeaderList, Slice } from "@weir/sdk/assembly";
import { Rights } from "./access-rules";
import { Caller } from "./caller";
import { Classification } from "./classification";
import { TOOLS } from "./listing";
import { Message } from "./message";
import { Narrowing } from "./narrowing";

/** One request. */
@final
export class Request {
  constructor(
    readonly message: Message,
    readonly speech: Classification,
    readonly headers: HeaderList,
    /** Which tools whoever is in front has left. */
    private readonly narrowing: Narrowing,
    /** What the caller may use. */
    readonly rights: Rights,
  ) {}

  get caller(): Caller {
    return this.rights.caller;
  }

  /** Whether the tool, prompt or resource is there for this request. */
  mayUse(kind: Slice, name: Slice): bool {
    return (!kind.equals(TOOLS) || this.narrowing.allows(name)) && this.rights.allows(kind, name);
  }

  /** Whether what is there for it is not there for all. */
  get isNarrowed(): bool {
    return this.narrowing.isLimited || this.rights.isLimited;
  }

  get method(): Slice {
    return this.message.method;
  }
}
