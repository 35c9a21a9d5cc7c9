// The tools a model may call, and whether it must.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

/** A function, or, where `raw` is not empty, something only `dialect` knows (a tool that the provider runs). */
@final
export class Tool {
  name: Slice = Slice.empty();
  description: Slice = Slice.empty();
  /** JSON Schema of the arguments; empty where there are none. */
  rawSchema: Slice = Slice.empty();
  /** `true` or `false` as JSON; empty where not said. */
  rawStrict: Slice = Slice.empty();
  rawCache: Slice = Slice.empty();
  dialect: Slice = Slice.empty();
  raw: Slice = Slice.empty();
}

/** Whether a tool is called. */
export const enum ToolChoiceKind {
  /** Not said: the provider's default. */
  Unset = 0,
  Auto = 1,
  None = 2,
  /** Any tool, but one. */
  Required = 3,
  /** The tools in `names`: one is forced; of several, one of them. */
  Named = 4,
}

/** The choice, and whether calls may come in parallel. */
@final
export class ToolChoice {
  kind: ToolChoiceKind = ToolChoiceKind.Unset;
  names: Slice[] = [];
  /** Whether at least one of `names` has to be called. */
  isForced: bool = true;
  /** −1 not said, 0 no, 1 yes. */
  parallel: i32 = -1;
}
