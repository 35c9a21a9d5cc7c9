// What a model's id tells of what it takes. Ids: `anthropic.claude-opus-4-6-v1`, `us.amazon.nova-2-lite-v1:0`, and ARNs
// that end with one; the ARN of an application's own profile tells nothing.
// https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { versionOf } from "../../anthropic/assembly/model";
import { SignatureFormat } from "../../hub/assembly/signature";

/** Whose model it is. */
export const enum Family {
  Other = 0,
  /** The id does not tell: most such profiles are made for Claude, to know what it costs. */
  Hidden = 1,
  Claude = 2,
  Nova = 3,
  Llama = 4,
  Cohere = 5,
  OpenAi = 6,
  /** Families with none of the newer features. */
  Plain = 7,
}

@final
class Mark {
  readonly text: Slice;
  constructor(
    text: string,
    readonly family: Family,
  ) {
    this.text = Slice.of(text);
  }
}

const MARKS: Mark[] = [
  new Mark("claude", Family.Claude),
  new Mark("amazon.nova", Family.Nova),
  new Mark("meta.llama", Family.Llama),
  new Mark("cohere.", Family.Cohere),
  new Mark("openai.", Family.OpenAi),
  new Mark("ai21.", Family.Plain),
  new Mark("amazon.titan", Family.Plain),
  new Mark("deepseek.r1", Family.Plain),
  new Mark("application-inference-profile/", Family.Hidden),
  new Mark("provisioned-model/", Family.Hidden),
  new Mark("prompt-router/", Family.Hidden),
];
const NOVA_2 = Slice.of("nova-2");
const GPT_OSS = Slice.of("gpt-oss");
const VERSION_4_5: i32 = 405;

/** The family of a model. */
export function familyOf(model: Slice): Family {
  for (let i = 0; i < MARKS.length; ++i) if (model.find(MARKS[i].text) >= 0) return MARKS[i].family;
  return Family.Other;
}

/** Whether it is Claude, as far as can be told. */
export function isClaude(family: Family): bool {
  return family == Family.Claude || family == Family.Hidden;
}

/** Whether it takes cache points, and the status of a tool's result. */
export function isClaudeOrNova(family: Family): bool {
  return isClaude(family) || family == Family.Nova;
}

/** Whether it is a Nova that thinks. */
export function isNova2(model: Slice): bool {
  return model.find(NOVA_2) >= 0;
}

/** Whether it is one of OpenAI's models with open weights, which know three efforts. */
export function isGptOss(model: Slice): bool {
  return model.find(GPT_OSS) >= 0;
}

/**
 * Whether its output can be bound to a schema: Claude since 4.5, and models with open weights.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export function enforcesSchemas(model: Slice, family: Family): bool {
  if (family == Family.Claude) return versionOf(model) >= VERSION_4_5;
  return family == Family.Other || family == Family.Hidden || family == Family.OpenAi;
}

/** Whether Claude takes its own `tool_choice` among the additional fields: since 4.5, as observed in 2026-07. */
export function takesOwnToolChoice(model: Slice, family: Family): bool {
  return family == Family.Claude && versionOf(model) >= VERSION_4_5;
}

/**
 * Who can read a model's signatures: those of Claude are the same everywhere. An unknown model (empty) counts as
 * Claude.
 */
export function signaturesOf(model: Slice): SignatureFormat {
  return !model.length || isClaude(familyOf(model)) ? SignatureFormat.Anthropic : SignatureFormat.Bedrock;
}

/** Whether a model of the family may be given a signature. */
export function canRead(family: Family, format: SignatureFormat): bool {
  if (format == SignatureFormat.Anthropic) return isClaude(family);
  if (format == SignatureFormat.Bedrock) return family != Family.Claude;
  return format == SignatureFormat.Unknown;
}
