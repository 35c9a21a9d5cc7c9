// The tools that every client offers, and the schema that every client asks for. `python/offered.py` has the same.
import { z } from "zod";

export const tools = {
  get_weather: {
    description: "The weather in a city",
    parameters: z.object({ city: z.string() }),
    run: ({ city }: Record<string, unknown>): string => `Sunny in ${String(city)}`,
  },
  /** Without parameters: its arguments are an empty object, never an empty text. */
  get_time: {
    description: "The time",
    parameters: z.object({}),
    run: (): string => "Half past twelve",
  },
  book_seats: {
    description: "Books seats",
    parameters: z.object({ seats: z.int() }),
    run: ({ seats }: Record<string, unknown>): string => `Booked ${String(seats)} seats`,
  },
};

export const toolNames = Object.keys(tools) as (keyof typeof tools)[];

export const forecast = z.object({
  city: z.string(),
  days: z.int(),
  sky: z.enum(["clear", "cloudy"]),
  warnings: z.array(z.object({ text: z.string(), urgent: z.boolean() })),
});

/** As JSON Schema, for clients that want it so. */
export function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}
