// What a Claude model's name tells of what it takes. Names: `claude-opus-4-7`, `claude-sonnet-4-5-20250929`,
// `claude-3-5-haiku-latest`, `anthropic.claude-opus-4-6-v1`, `anthropic/claude-opus-4.6`.
// https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
import { isDigit } from "@weir/sdk/assembly/bytes/integer";
import { Slice } from "@weir/sdk/assembly/bytes/slice";

const CLAUDE = Slice.of("claude-");
const NEWEST: i32 = 9999;
const VERSION_4_6: i32 = 406;

/** Generation 4.6 as 406; 9999 for a name without a number, as previews have; 0 for what is no Claude. */
export function versionOf(model: Slice): i32 {
  const at = model.find(CLAUDE);
  if (at < 0) return 0;
  let i = at + CLAUDE.length;
  while (i < model.length && !(isDigit(model.at(i)) && !isLetter(model.at(i - 1)))) ++i;
  if (i >= model.length) return NEWEST;
  const major = numberAt(model, i);
  const next = i + digitsAt(model, i);
  const size = digitsAt(model, next + 1);
  const hasMinor = (model.at(next) == 0x2d || model.at(next) == 0x2e) && size > 0 && size <= 2;
  return major * 100 + (hasMinor ? numberAt(model, next + 1) : 0);
}

function isLetter(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26;
}

function digitsAt(text: Slice, at: i32): i32 {
  let i = at;
  while (i < text.length && isDigit(text.at(i))) ++i;
  return i - at;
}

function numberAt(text: Slice, at: i32): i32 {
  let value = 0;
  for (let i = at; i < at + min(digitsAt(text, at), 2); ++i) value = value * 10 + (text.at(i) - 0x30);
  return value;
}

/** Whether it refuses `temperature`, `top_p`, `top_k` and a fixed thinking budget: models after Opus 4.6. */
export function isAfterOpus46(model: Slice): bool {
  return versionOf(model) > VERSION_4_6;
}

/** Whether it decides by itself how much to think: Claude 4.6 and later. */
export function thinksAdaptively(model: Slice): bool {
  return versionOf(model) >= VERSION_4_6;
}
