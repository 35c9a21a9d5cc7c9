// An explanation as text for a terminal.
import { styleText } from "node:util";
import type { Attempt, CheaperWay, Explanation, NamedModel, Plan, PlanChoice } from "./explanation.ts";

type Style = Parameters<typeof styleText>[0];

/** Several lines, ending in a newline. */
export function formatExplanation(explanation: Explanation, options: { color: boolean }): string {
  const paint = (style: Style, text: string) =>
    options.color ? styleText(style, text, { validateStream: false }) : text;
  const lines = [
    headline(explanation),
    "",
    ...explanation.routes.map(({ name, fits, because }) =>
      fits ? `${paint("green", "✓")} route ${name}: ${because}` : `${paint("dim", "✗")} route ${name}: ${because}`,
    ),
    ...keyLines(explanation),
    ...explanation.names.map(nameLine),
    ...(explanation.readsBody ? ["  (the body is read to learn the model's name)"] : []),
    ...answerLines(explanation, paint),
    ...planLines(explanation.plan),
    ...explanation.attempts.flatMap((attempt, index) => [
      "",
      attemptHeading(attempt, index, explanation.plan),
      ...attemptLines(attempt, explanation.request.model),
    ]),
    ...(explanation.cheaper.length > 0 ? ["", ...explanation.cheaper.map(cheaperLine)] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function headline({ request }: Explanation): string {
  const host = request.host ? ` on ${request.host}` : "";
  return `${request.method} ${request.path}${host}${request.model === null ? "" : `, model ${request.model}`}`;
}

function keyLines({ needsKey, caller }: Explanation): string[] {
  if (!needsKey) return [];
  return [caller === null ? "  (a key is needed: --as <consumer/key> says whose)" : `  (with the key ${caller})`];
}

function nameLine({ name, model, provider, route, because }: NamedModel): string {
  const meant = name === model ? "" : ` stands for ${model}`;
  const at = provider === null ? "" : ` at ${provider}`;
  return `  ${name}${meant}${at}${because === null ? "" : ` ${because}`}, on the route ${route}`;
}

function answerLines({ answer }: Explanation, paint: (style: Style, text: string) => string): string[] {
  if (!answer) return [];
  const status = paint(answer.status < 400 ? "green" : "red", String(answer.status));
  return [`→ answered ${status} by the gateway: ${answer.reason}`];
}

function planLines(plan: Plan | null): string[] {
  if (!plan) return [];
  const { statuses, emptyAnswer, contentFilter } = plan.fallbackOn;
  const also = [...(emptyAnswer ? ["empty answers"] : []), ...(contentFilter ? ["filtered answers"] : [])];
  return [
    "",
    ...choiceLines(plan),
    ...(plan.affinity ? [`  sticks     by ${plan.affinity}`] : []),
    `  goes on    after failed connections, missing answers, ${[...statuses, ...also].join(", ")}`,
    ...(plan.attemptTimeoutMs === null
      ? []
      : [`  each       gets ${limit(plan.attemptTimeoutMs)} to begin its answer`]),
    ...(plan.totalTimeoutMs > 0 ? [`  gives up   after ${plan.totalTimeoutMs / 1000}s`] : []),
    ...(plan.lastResort === null ? [] : [`  at last    answers "${plan.lastResort}"`]),
    ...(plan.mirror ? [`  copies     ${plan.mirror.percent} % to ${plan.mirror.target}`] : []),
  ];
}

const measured = "in one of twenty requests any, to find out more";
/** What decides instead of the weights. */
const deciding: Partial<Record<Plan["balance"], string>> = {
  leastBusy: "the one with the fewest requests under way for its weight",
  fastest: `the one that has begun its answers soonest of late, ${measured}`,
  throughput: `the one whose tokens have come fastest of late, ${measured}`,
};

function choiceLines({ choice, balance }: Plan): string[] {
  const [first] = choice;
  if (choice.length < 2 || !first) return [];
  if (balance === "cheapest") return [`  chooses    ${cheapest(first)} (cheapest)`, ...nowLines(choice)];
  const how = deciding[balance];
  if (how === undefined) {
    const shares = choice.map((one) => `${one.percent} % ${nameOf(one)}`).join(", ");
    return [`  chooses    ${shares} (${balance})`, ...nowLines(choice)];
  }
  const unknown = "  now        only a running Weir knows: --control <url> asks one";
  const isKnown = choice.some(({ now }) => now !== null);
  return [`  chooses    ${how} (${balance})`, ...(isKnown ? nowLines(choice) : [unknown])];
}

function cheapest(first: PlanChoice): string {
  return first.hasPrice ? `${nameOf(first)}, the cheapest` : "any, for no price is known";
}

function nowLines(choice: PlanChoice[]): string[] {
  return choice.flatMap(({ now, ...one }, index) => {
    if (!now) return [];
    const speed = now.usualMs === null ? "" : `, usually ${now.usualMs} ms`;
    return [
      `  ${index === 0 ? "now" : "   "}        ${nameOf(one)}: ${now.state}, ${now.requestsActive} under way${speed}`,
    ];
  });
}

function cheaperLine({ of, name, model, route, refusal, targets }: CheaperWay): string {
  const way = route === null ? `refused: ${refusal}` : `${model}, route ${route}: ${targets.join(", then ")}`;
  return `→ where the ${of} ${name} is exceeded: ${way}`;
}

function nameOf({ target, model }: { target: string; model: string | null }): string {
  return model === null ? target : `${target} as ${model}`;
}

function attemptHeading({ target, provider, because }: Attempt, index: number, plan: Plan | null): string {
  return `→ attempt ${index + 1}: target ${target} (${provider})${plan ? `, ${because}` : ""}`;
}

function attemptLines(attempt: Attempt, requested: string | null): string[] {
  return [
    ...(attempt.service === "translated" ? [`  speaks     ${attempt.dialect}, the request is translated`] : []),
    `  url        ${attempt.url}`,
    `  authority  ${attempt.authority}`,
    `  model      ${modelLine(attempt, requested)}`,
    ...attempt.headersSet.map(({ name, value }) => `  sets       ${name}: ${value ?? "[secret]"}`),
    ...attempt.headersRemoved.map((name) => `  removes    ${name}`),
    `  waits      ${waits(attempt)}`,
  ];
}

function modelLine({ model, mapping, isModelOfRoute }: Attempt, requested: string | null): string {
  if (model === null) return "none in the request";
  if (isModelOfRoute) return `${requested} → ${model} (by the route)`;
  if (mapping === null) return `${model} (no mapping fits)`;
  return model === requested ? `${model} (kept by ${mapping})` : `${requested} → ${model} (by ${mapping})`;
}

function limit(ms: number): string {
  return ms === 0 ? "without limit" : `${ms / 1000}s`;
}

function waits({ timeouts }: Attempt): string {
  const { connectMs, firstByteMs, idleMs } = timeouts;
  return `to connect ${limit(connectMs)}, for the first byte ${limit(firstByteMs)}, between bytes ${limit(idleMs)}`;
}
