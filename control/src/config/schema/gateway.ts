// `gateway`: where clients reach the gateway and what holds for every request.
import { isIP } from "node:net";
import { z } from "zod";
import { readAddress } from "./http.ts";
import { byteSize, flag, integer, Mistake, scalar, text } from "./scalar.ts";

const address = scalar({ form: "IP address", type: "string" }, (value) =>
  readAddress(value, (text) => isIP(text) !== 0),
);

const logPath = text((path) => {
  if (path.startsWith("/") && !path.includes("\0")) return path;
  return new Mistake("must be an absolute path", "Write /dev/stdout, or the path of a file from the root on");
});

export const gatewaySchema = z.strictObject({
  address: address
    .prefault("127.0.0.1")
    .describe(
      "The address to listen on. The default is reached from this machine only; `0.0.0.0` opens it to every network.",
    ),
  port: integer({ min: 1, max: 65_535 }).prefault(8080).describe("The port to listen on."),
  bodyBytesMax: byteSize({ min: 1024, max: 2 ** 30 })
    .prefault("32MiB")
    .describe(
      "The largest request body. A larger one is answered 413. Bodies are held in memory until a provider has answered, so that another one can be tried.",
    ),
  responseHeaders: flag()
    .prefault(true)
    .describe(
      "Tell clients who served them, in the response headers `x-weir-target`, `x-weir-provider`, `x-weir-model` and `x-weir-attempts`.",
    ),
  accessLog: z
    .strictObject({
      path: logPath.describe("`/dev/stdout`, or a file's absolute path.").meta({ sample: "/dev/stdout" }),
    })
    .optional()
    .describe("One JSON line for each request: route, provider, model, tokens, times. Nothing is logged without it."),
});

export type GatewayConfig = z.output<typeof gatewaySchema>;
