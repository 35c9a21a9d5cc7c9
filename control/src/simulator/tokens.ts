// Token counts that are plausible and the same for the same text: four UTF-8 bytes a token, as a rule of thumb.

const bytesPerToken = 4;
/** What OpenAI's chat format adds to each message. */
const tokensPerMessage = 3;

export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerToken);
}

/** Any JSON a client may put in place of text (content parts, tool results) counts by its strings. */
export function countInputTokens(value: unknown): number {
  if (typeof value === "string") return countTokens(value);
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countInputTokens(item), 0);
  if (value === null || typeof value !== "object") return 0;
  return Object.values(value).reduce((sum: number, item) => sum + countInputTokens(item), 0);
}

export function countMessageTokens(messages: unknown[]): number {
  return messages.reduce(
    (sum: number, message) => sum + tokensPerMessage + countInputTokens(message),
    tokensPerMessage,
  );
}

/** The words of `text`, each with the space before it: the pieces in which a stream gives it. */
export function splitWords(text: string): string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}

/** Pieces of a few characters, so that they end inside names, strings and escapes as a real model's do. */
export function argumentPieces(text: string): string[] {
  return [...text].reduce<string[]>((pieces, character, at) => {
    if (at % 5 === 0) pieces.push(character);
    else pieces[pieces.length - 1] += character;
    return pieces;
  }, []);
}
