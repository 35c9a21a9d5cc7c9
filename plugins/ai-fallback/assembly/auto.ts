// The name behind which rules choose a model by what a request holds.
import { Regex, Slice } from "@weir/sdk/assembly";
import { Conversation } from "./conversation";

/** The name. */
export const AUTO = Slice.of("auto");

/** Of a longer text only its beginning is looked at: an expression takes its time for every byte. */
const textBytesMax: i32 = 32 * 1024;

/** What a condition asks for that is true, false or open. */
export const enum Wanted {
  Any = 0,
  Yes = 1,
  No = 2,
}

/** One rule: all of it must hold. */
@final
export class AutoRule {
  /** What is found in the last thing that the user says; null for anything. */
  pattern: Regex | null = null;
  tools: Wanted = Wanted.Any;
  images: Wanted = Wanted.Any;
  tokensMin: i32 = 0;
  tokensMax: i32 = i32.MAX_VALUE;
  model: Slice = Slice.empty();

  /** Whether it is a rule for such a request. */
  fits(conversation: Conversation): bool {
    if (!isWanted(this.tools, conversation.hasTools) || !isWanted(this.images, conversation.hasImages)) return false;
    const tokens = conversation.tokens;
    if (tokens < this.tokensMin || tokens > this.tokensMax) return false;
    const pattern = this.pattern;
    return !pattern || pattern.match(conversation.userText.slice(0, textBytesMax)) != null;
  }
}

function isWanted(wanted: Wanted, is: bool): bool {
  return wanted == Wanted.Any || (wanted == Wanted.Yes) == is;
}

/** The rules. */
@final
export class Auto {
  readonly rules: AutoRule[] = [];
  /** The model where no rule fits. */
  model: Slice = Slice.empty();

  /** The model of the first rule that fits. */
  choose(conversation: Conversation): Slice {
    for (let i = 0; i < this.rules.length; ++i) if (this.rules[i].fits(conversation)) return this.rules[i].model;
    return this.model;
  }
}
