// InvokeModel for the models that embed: Titan and Cohere, each with a body of its own.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
import { jsonAnswer, type Answer, type Json } from "../answer.ts";
import { complaintsAbout } from "../complaint.ts";
import { countTokens } from "../tokens.ts";
import { vectorOf } from "../vectors.ts";
import { refuseBody } from "./complaint.ts";
import { invalid } from "./errors.ts";
import { cohereSchema, titanSchema } from "./schema.ts";

export function invoke(model: string, body: Json): Answer {
  if (model.includes("titan-embed")) return titan(body);
  if (model.includes("cohere.embed")) return cohere(body);
  return invalid("The provided model identifier is invalid.");
}

function titan(body: Json): Answer {
  const complaint = complaintsAbout(titanSchema, body)[0];
  if (complaint) return refuseBody(complaint, body);
  const text = String(body["inputText"]);
  const embedding = [...vectorOf(text, Number(body["dimensions"] ?? 1024))];
  const tokens = countTokens(text);
  return counted({ embedding, embeddingsByType: { float: embedding }, inputTextTokenCount: tokens }, tokens);
}

function cohere(body: Json): Answer {
  const complaint = complaintsAbout(cohereSchema, body)[0];
  if (complaint) return refuseBody(complaint, body);
  const texts = (body["texts"] ?? []) as string[];
  const inputs = [...texts, ...((body["images"] ?? []) as string[])];
  if (inputs.length === 0)
    return invalid(
      "Malformed input request: #: required key [texts] not found, please reformat your input and try again.",
    );
  const vectors = inputs.map((input) => [...vectorOf(input, Number(body["output_dimension"] ?? 1024))]);
  const types = body["embedding_types"] as string[] | undefined;
  const byType = types && Object.fromEntries(types.map((type) => [type, vectors]));
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  return counted(
    {
      id: "simulated",
      texts,
      embeddings: byType ?? vectors,
      response_type: types ? "embeddings_by_type" : "embeddings_floats",
    },
    tokens,
  );
}

/** The counts stand in headers, whatever the model's body has. */
function counted(value: Json, tokens: number): Answer {
  const headers = { "x-amzn-bedrock-input-token-count": String(tokens), "x-amzn-bedrock-invocation-latency": "1" };
  return { ...jsonAnswer(value), headers };
}
