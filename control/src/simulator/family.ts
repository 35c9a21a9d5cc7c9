// What every family of providers brings: its answers and its own way to say that something went wrong.
import type { Answer, Json, SimulatedRequest } from "./answer.ts";
import type { Faults } from "./faults.ts";
import type { SimulatedAws } from "./bedrock/aws-credentials.ts";
import type { SimulatedGoogle } from "./gemini/google-tokens.ts";

export interface Family {
  answer(request: SimulatedRequest, faults: Faults): Answer | Promise<Answer>;
  /** The model that is asked for; by its name a client that can set no header asks for faults. */
  modelOf(request: SimulatedRequest): unknown;
  /** An error in the provider's own envelope. */
  refuse(status: number, message: string): Answer;
  /** What the provider writes into a stream that fails after its headers have left. */
  errorEvent(status: number, message: string): Json;
}

/** Who may ask. */
export interface Access {
  /** When given, every family takes this key and no other, in its own header. */
  apiKey: string | undefined;
  aws: SimulatedAws;
  google: SimulatedGoogle;
}

/** Whether `key`, given in whatever place the family has for it, opens the door. */
export function isKnownKey(key: string | null | undefined, { apiKey }: Access): boolean {
  return apiKey === undefined ? Boolean(key) : key === apiKey;
}

export function modelInBody({ json }: SimulatedRequest): unknown {
  return json["model"];
}
