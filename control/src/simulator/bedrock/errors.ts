// Bedrock's errors: a message in the body, the name in a header, in a stream an exception of that name.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
import { jsonAnswer, type Answer } from "../answer.ts";

const names: Record<number, string> = {
  400: "ValidationException",
  403: "AccessDeniedException",
  404: "ResourceNotFoundException",
  408: "ModelTimeoutException",
  424: "ModelErrorException",
  429: "ThrottlingException",
  503: "ServiceUnavailableException",
};

export function exceptionName(status: number): string {
  return names[status] ?? (status >= 500 ? "InternalServerException" : "ValidationException");
}

export function awsError(status: number, message: string, name = exceptionName(status)): Answer {
  const headers = {
    "x-amzn-errortype": `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    "x-amzn-requestid": "00000000-0000-4000-8000-000000000000",
  };
  return { ...jsonAnswer({ message }, status), headers };
}

export function invalid(message: string): Answer {
  return awsError(400, message);
}
