// A request with all that is known of it when a server gets it.
import { HeaderList, Slice } from "@weir/sdk/assembly";
import { Classification } from "./classification";
import { Message } from "./message";
import { Narrowing } from "./narrowing";

/** One request. */
@final
export class Request {
  constructor(
    readonly message: Message,
    readonly speech: Classification,
    readonly headers: HeaderList,
    /** Which tools may be seen and called. */
    readonly narrowing: Narrowing,
  ) {}

  get method(): Slice {
    return this.message.method;
  }
}
