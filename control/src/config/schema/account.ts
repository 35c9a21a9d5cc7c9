// `providers[].aws`, `azure` and `google`: what a cloud wants to know beside, or in place of, a key.
import { z } from "zod";
import { readServiceAccount } from "../service-account.ts";
import { kindOf, Mistake, scalar, text, word } from "./scalar.ts";

const part = (pattern: RegExp, example: string) =>
  text((value) => (pattern.test(value) ? value : new Mistake("is not valid", `Write it as in ${example}`)));

export const awsSchema = z.strictObject({
  region: part(/^[a-z0-9-]{1,32}$/, "us-east-1")
    .optional()
    .describe("The region, part of the address and of signatures.")
    .meta({ sample: "us-east-1" }),
  service: part(/^[a-z0-9-]{1,64}$/, "bedrock")
    .prefault("bedrock")
    .describe("The service's name in signatures."),
  accessKeyId: text()
    .optional()
    .describe("Of the key that requests are signed with, in place of `apiKey`.")
    .meta({ sample: "${AWS_ACCESS_KEY_ID}" }),
  secretAccessKey: text().optional().describe("The key itself.").meta({ sample: "${AWS_SECRET_ACCESS_KEY}" }),
  sessionToken: text()
    .optional()
    .describe("The third part of temporary credentials.")
    .meta({ sample: "${AWS_SESSION_TOKEN}" }),
});

export const azureSchema = z.strictObject({
  apiVersion: part(/^[A-Za-z0-9.-]{1,32}$/, "2024-10-21").describe(
    "Reaches models by `/openai/deployments/<model>/…?api-version=…` in place of the v1 path; the model is the deployment's name, unless `baseUrl` names one.",
  ),
});

export const publishers = ["google", "anthropic"] as const;

export const googleSchema = z.strictObject({
  project: part(/^[a-z0-9.:-]{1,100}$/, "my-project")
    .optional()
    .describe("The project's id.")
    .meta({ sample: "my-project" }),
  location: part(/^[a-z0-9-]{1,32}$/, "us-central1, eu or global")
    .optional()
    .describe("A region, `us`, `eu` or `global`.")
    .meta({ sample: "global" }),
  publisher: word(publishers).optional().describe("Whose models. `google` when not given."),
  serviceAccount: serviceAccountKey()
    .optional()
    .describe("The key of a service account, the whole JSON, in place of `apiKey`. It is exchanged for tokens.")
    .meta({ sample: "${GOOGLE_SERVICE_ACCOUNT}" }),
  serviceAccountFile: text()
    .optional()
    .describe("The file with that key; relative to this file.")
    .meta({ sample: "${GOOGLE_APPLICATION_CREDENTIALS}" }),
});

/** Unlike other text it may have line breaks. */
function serviceAccountKey() {
  return scalar({ form: "text", type: "string" }, (value) => {
    if (typeof value !== "string") return new Mistake(`must be text, not ${kindOf(value)}`, "Write a reference to it");
    const read = readServiceAccount(value);
    return read instanceof Mistake ? read : value;
  });
}

export type AwsConfig = z.output<typeof awsSchema>;
export type GoogleConfig = z.output<typeof googleSchema>;
