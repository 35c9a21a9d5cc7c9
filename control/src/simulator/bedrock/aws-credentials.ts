// Whose signature the simulated Bedrock takes. Not a secret: it opens nothing but the simulator.

export interface SimulatedAws {
  accessKeyId: string;
  secretAccessKey: string;
  /** When given, requests must carry it, signed with the rest. */
  sessionToken?: string;
  region: string;
}

export const simulatedAws: SimulatedAws = {
  accessKeyId: "SIMULATED-ACCESS-KEY",
  secretAccessKey: "simulated/secret+access/key",
  region: "us-east-1",
};
