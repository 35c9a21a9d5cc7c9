// Ranges of sampling parameters: some APIs refuse what others take.
import { parseNumber } from "@weir/sdk/assembly/bytes/number-parse";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";

/** The values from `least` to `most`. */
@final
export class Range {
  constructor(
    private readonly least: f64,
    private readonly most: f64,
  ) {}

  /** The nearest value in the range to a JSON number: itself where it is inside. */
  nearest(raw: Slice): Slice {
    if (!raw.length) return raw;
    const value = parseNumber(raw);
    if (value < this.least) return new Writer().number(this.least).take();
    return value > this.most ? new Writer().number(this.most).take() : raw;
  }
}
