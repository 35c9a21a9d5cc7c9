// Where a request goes by `onExceeded` of limits and budgets. Whether it is too much, only a running gateway knows.
import { isBudgetFor, isLimitFor } from "../model/cheaper-model.ts";
import type { Model } from "../model/model.ts";
import type { Surface } from "../model/surface.ts";
import type { CheaperWay, Explanation } from "./explanation.ts";

/** What else is too much is refused. */
const moved: (Surface | null)[] = [
  "chat/completions",
  "responses",
  "messages",
  "generateContent",
  "streamGenerateContent",
];

/** `explainFor` says what would become of the same request for another model. */
export function cheaperWays(
  model: Model,
  { outcome, surface, request }: Explanation,
  explainFor: (model: string) => Explanation,
): CheaperWay[] {
  const asked = request.model;
  if (outcome !== "sent" || !moved.includes(surface) || asked === null) return [];
  const limits = model.limits.filter((limit) => !limit.shadow && isLimitFor(limit, asked));
  const budgets = model.budgets.filter((budget) => !budget.soft && isBudgetFor(budget, asked));
  const movers = [
    ...budgets.map(({ name, cheaperModel }) => ({ of: "budget" as const, name, cheaperModel })),
    ...limits.map(({ name, cheaperModel }) => ({ of: "limit" as const, name, cheaperModel })),
  ];
  return movers.flatMap(({ of, name, cheaperModel }): CheaperWay[] => {
    if (cheaperModel === null) return [];
    const { route, answer, attempts } = explainFor(cheaperModel);
    const targets = attempts.map(({ target }) => target);
    const isServed = attempts.length > 0;
    const refusal = isServed ? null : (answer?.reason ?? null);
    return [{ of, name, model: cheaperModel, route: isServed ? route : null, refusal, targets }];
  });
}
