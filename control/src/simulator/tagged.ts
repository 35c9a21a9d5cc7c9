// Objects that say in one of their fields what they are. Unlike zod's own union, the complaint is always about the
// variant that was meant, and a field may be absent where there is a usual variant.
import { z } from "zod";
import type { Json } from "./answer.ts";

export interface Tagged {
  /** The field that tells. */
  field: string;
  variants: Record<string, z.ZodType>;
  /** What an object without the field is. */
  usual?: string;
}

export function tagged({ field, variants, usual }: Tagged): z.ZodType {
  return z.record(z.string(), z.unknown()).superRefine((value: Json, context) => {
    const tag = value[field] ?? usual;
    const variant = typeof tag === "string" && Object.hasOwn(variants, tag) ? variants[tag] : undefined;
    if (variant) {
      for (const issue of variant.safeParse(value).error?.issues ?? []) context.addIssue(issue as never);
    } else if (tag === undefined) {
      context.addIssue({ code: "invalid_type", expected: "string", path: [field], input: undefined });
    } else {
      context.addIssue({ code: "invalid_value", values: Object.keys(variants), path: [field], input: tag });
    }
  });
}
