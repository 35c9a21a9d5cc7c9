// Annotations by which an Ingress takes a part of another's requests.
import { isRegex } from "../regex.ts";
import { flag, integer, token, word, type Annotations } from "./annotation.ts";
import type { Canary, IngressSettings } from "./settings.ts";

const plain = (): Canary => ({
  header: null,
  headerValue: null,
  headerPattern: null,
  cookie: null,
  weight: 0,
  weightTotal: 100,
});

function change(settings: IngressSettings, part: Partial<Canary>): void {
  // `canary` comes first in the order of names: without it, the others say nothing.
  if (settings.canary) Object.assign(settings.canary, part);
}

export const canaryAnnotations: Annotations = {
  canary: flag((settings, isOn) => (settings.canary = isOn ? plain() : null)),
  "canary-by-header": token((settings, header) => change(settings, { header: header.toLowerCase() })),
  "canary-by-header-value": word((settings, headerValue) => change(settings, { headerValue })),
  "canary-by-header-pattern": (settings, headerPattern) => {
    if (!isRegex(headerPattern)) return "is no regular expression of RE2";
    change(settings, { headerPattern });
    return undefined;
  },
  "canary-by-cookie": token((settings, cookie) => change(settings, { cookie })),
  "canary-weight": integer((settings, weight) => change(settings, { weight })),
  "canary-weight-total": integer((settings, weightTotal) => change(settings, { weightTotal }), 1),
};
