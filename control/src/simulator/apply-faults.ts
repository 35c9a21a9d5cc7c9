// Changes an answer as the faults ask, in the words of the family that gives it. How it is sent is send-answer's.
import type { Answer } from "./answer.ts";
import type { Family } from "./family.ts";
import type { Faults } from "./faults.ts";
import { withUsageFault } from "./usage-faults.ts";

const message = "A simulated fault, as the request asked.";
/** What an error inside a 200 is about, when no status is asked for. */
const statusDefault = 503;

export function applyFaults(answered: Answer, faults: Faults, family: Family): Answer {
  // What was written is not kept: answers are.
  const { values: _, ...answer } = faults.usage ? withUsageFault(answered, faults.usage) : answered;
  const { pieces, framing } = answer;
  if (faults.status !== null) return family.refuse(faults.status, message);
  if (faults.emptyBody) return { ...answer, pieces: [] };
  if (faults.malformedJson) return { ...answer, pieces: pieces.map((piece) => piece.subarray(0, piece.length >> 1)) };
  if (!framing) {
    return faults.errorIn200 ? { ...family.refuse(statusDefault, message), status: 200 } : answer;
  }
  const half = pieces.slice(0, faults.errorIn200 ? 0 : Math.ceil(pieces.length / 2));
  if (faults.errorIn200 || faults.errorMidStream) {
    const error = framing.frame([family.errorEvent(statusDefault, message)], half.length);
    return { ...answer, pieces: [...half, ...error] };
  }
  return faults.malformedSse ? { ...answer, pieces: [...half, framing.malformed] } : answer;
}
