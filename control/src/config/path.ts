// Where a value is in a configuration: `providers[0].modelMapping["gpt-4*"]`.

export type Path = readonly (string | number)[];

/** The form people read, and the key by which positions are found: two paths are equal when their texts are. */
export function formatPath(path: Path): string {
  return path.map(formatStep).join("").replace(/^\./, "");
}

/** `formatPath` of a path and one more step, given the text of the path. */
export function extendPath(text: string, step: string | number): string {
  const added = formatStep(step);
  return text === "" && added.startsWith(".") ? added.slice(1) : text + added;
}

function formatStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return /^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
