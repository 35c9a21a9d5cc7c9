// Ways in which a provider departs from its dialect and which the `ai-proxy` plugin knows how to bridge.

export const quirks = ["noStreamOptions"] as const;
export type Quirk = (typeof quirks)[number];
