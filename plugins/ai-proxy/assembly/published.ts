// What has been published of one answer: what stands there already is not worth a host call.
import { Slice } from "@weir/sdk/assembly";

/** The newest of each; empty, or −1, where nothing has. */
@final
export class Published {
  id: Slice = Slice.empty();
  model: Slice = Slice.empty();
  finish: Slice = Slice.empty();
  source: Slice = Slice.empty();
  inputTokens: i64 = -1;
  outputTokens: i64 = -1;
}
