// Azure's own paths to OpenAI's surfaces: the deployment is the model, the version stands in the query, the key in a
// header of its own. https://learn.microsoft.com/azure/ai-foundry/openai/reference
import { bearerOf, headerOf, jsonAnswer, type Answer, type Json } from "../answer.ts";
import { isKnownKey, type Access } from "../family.ts";
import type { OpenaiRequest } from "./errors.ts";

/** The deployment that the path names; null where it is no path of Azure's. */
export function deploymentOf(path: string): string | null {
  const name = /^\/openai\/deployments\/([^/]+)\//.exec(path)?.[1];
  return name === undefined ? null : decodeURIComponent(name);
}

/** The key is in `api-key`; a bearer token is one of Entra ID. */
export function azureRefusal(request: OpenaiRequest, access: Access): Answer | null {
  if (!isKnownKey(headerOf(request, "api-key") ?? bearerOf(request), access)) {
    return azureError(
      401,
      "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an " +
        "active subscription and use a correct regional API endpoint for your resource.",
    );
  }
  const version = new URLSearchParams(request.query).get("api-version");
  if (!version || !/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) return azureError(404, "Resource not found");
  return null;
}

function azureError(status: number, message: string): Answer {
  return jsonAnswer({ error: { code: String(status), message } }, status);
}

const categories = ["hate", "self_harm", "sexual", "violence"];
const safe = Object.fromEntries(categories.map((category) => [category, { filtered: false, severity: "safe" }]));

/** Azure tells what its filters found: about the prompt beside the choices, in a stream in a chunk before the first. */
export function withAzureExtras(request: OpenaiRequest, answer: Answer): Answer {
  if (answer.status !== 200 || request.surface !== "chat/completions") return answer;
  const prompt = [{ prompt_index: 0, content_filter_results: safe }];
  if (answer.framing) {
    const first = { id: "", object: "", created: 0, model: "", choices: [], prompt_filter_results: prompt };
    return { ...answer, pieces: [...answer.framing.frame([first], 0), ...answer.pieces] };
  }
  const whole = JSON.parse(String(answer.pieces[0])) as Json;
  const choices = (whole["choices"] as Json[]).map((choice) => ({ ...choice, content_filter_results: safe }));
  return jsonAnswer({ ...whole, choices, prompt_filter_results: prompt });
}
