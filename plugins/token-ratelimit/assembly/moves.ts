// How a request that does not fit into a limit goes to a cheaper model, where the limit names one.
import { getProperty, JsonTape, setProperty, Slice, Writer } from "@weir/sdk/assembly";
import { moveTo } from "./cheaper-plan";
import { Rule } from "./rule";

/** For the access log and the client: names, with commas between them. A budget's may be there before. */
const EXCEEDED = Slice.of("weir.exceeded");
const CHEAPER_MODEL = Slice.of("weir.cheaper_model");
const COMMA: u8 = 0x2c;

/** The moves of one request. */
@final
export class Moves {
  /** The models that it was to go to, and last the one that it goes to. */
  private readonly models: Slice[] = [];
  /** The limits that have moved it: they hold for it no longer. */
  private readonly left: Rule[] = [];

  /** It asks for `model`; a budget may have moved it before. */
  begin(model: Slice, budgetsMove: bool): void {
    const moved = budgetsMove ? getProperty(CHEAPER_MODEL) : null;
    this.models.push(moved ? moved : model);
  }

  get model(): Slice {
    return this.models[this.models.length - 1];
  }

  /** Whether it goes to the model that `rule` names. To none that it comes from. */
  by(rule: Rule, isChat: bool, tape: JsonTape): bool {
    const model = rule.cheaper;
    const models = this.models;
    if (!model.length || !isChat) return false;
    // Who asks for that model has it at once.
    const isThere = this.model.equals(model);
    for (let i = isThere ? models.length : 0; i < models.length; ++i) if (models[i].equals(model)) return false;
    const isMoved = isThere || moveTo(tape, model);
    tape.clear();
    if (!isMoved) return false;
    models.push(model);
    this.left.push(rule);
    return true;
  }

  /** Those of `all` that hold for it. */
  rulesOf(all: Rule[]): Rule[] {
    if (!this.left.length) return all;
    const rules: Rule[] = [];
    for (let i = 0; i < all.length; ++i) if (!this.left.includes(all[i])) rules.push(all[i]);
    return rules;
  }

  /** It is let through. */
  tell(): void {
    if (!this.left.length) return;
    const names = new Writer();
    const before = getProperty(EXCEEDED);
    if (before) names.bytes(before);
    for (let i = 0; i < this.left.length; ++i) {
      if (names.length) names.byte(COMMA);
      names.bytes(this.left[i].name);
    }
    setProperty(EXCEEDED, names.take());
  }
}
