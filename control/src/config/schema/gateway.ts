// `gateway`: where clients reach the gateway and what holds for every request.
import { isIP } from "node:net";
import { z } from "zod";
import { limitServiceTypes } from "../../model/limits.ts";
import { hostPort } from "./host-port.ts";
import { headerName, hostName, readAddress } from "./http.ts";
import { hmacSchema } from "./hmac.ts";
import { jwtSchema } from "./jwt.ts";
import { aliases, auto } from "./names.ts";
import { byteSize, duration, flag, integer, Mistake, scalar, text, word } from "./scalar.ts";

const address = scalar({ form: "IP address", type: "string" }, (value) =>
  readAddress(value, (text) => isIP(text) !== 0),
);

const logPath = text((path) => {
  if (path.startsWith("/") && !path.includes("\0")) return path;
  return new Mistake("must be an absolute path", "Write /dev/stdout, or the path of a file from the root on");
});

const parameter = text(
  (name) =>
    /^[A-Za-z0-9_.~-]{1,64}$/.test(name)
      ? name
      : new Mistake("is not a parameter's name", "Use letters, digits, hyphens, dots and underscores"),
  { form: "parameter name" },
);

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
  aliases: aliases()
    .prefault({})
    .describe(
      "Other names for models, which clients may use in their place. A key with `models` must allow the alias, as clients write it.",
    )
    .meta({ sample: { fast: "gpt-4.1-mini" } }),
  providerNames: flag()
    .prefault(false)
    .describe(
      "Lets clients say which of a route's providers they mean: `openai/gpt-4.1`, or `openai/key/gpt-4.1`. Off, such a name is a model's like any other.",
    ),
  requestOptions: flag()
    .prefault(false)
    .describe(
      "Lets clients narrow and order the targets of their route, by `provider`, `models` and `providerOptions.gateway` in the body. No provider sees these fields. Off, they are the provider's own.",
    ),
  auto: auto
    .optional()
    .describe("Makes `auto` a model's name behind which rules choose a model by what the request holds."),
  metrics: flag()
    .prefault(true)
    .describe(
      "Count attempts, and measure tokens and times, by provider, target and model, in Envoy's statistics. Turn it off where nobody reads them.",
    ),
  auth: z
    .strictObject({
      keyHeaders: z
        .array(headerName())
        .prefault([])
        .describe(
          "Headers that may hold a caller's key, besides `authorization` (`Bearer`), `x-api-key`, `x-goog-api-key` and `api-key`. No provider sees them.",
        )
        .meta({ sample: ["x-team-key"] }),
      keyQuery: parameter
        .optional()
        .describe(
          "A parameter of the query that may hold it. Prefer headers: queries end up in the logs of whatever stands in front.",
        )
        .meta({ sample: "api_key" }),
      jwt: z
        .array(jwtSchema)
        .prefault([])
        .describe("Identity providers whose tokens (JWT, as `authorization: Bearer`) are taken in place of a key."),
      hmac: hmacSchema.prefault({}).describe("What the signatures of callers with an `hmac` key must be like."),
    })
    .prefault({})
    .describe("Where callers' keys are looked for, and whose tokens are taken. Who they are, `consumers` says."),
  limitService: z
    .strictObject({
      type: word(limitServiceTypes)
        .prefault("weir")
        .describe("`weir` is `weir limits`; `envoyproxy` is envoyproxy/ratelimit, which can do less."),
      address: hostPort("limits.internal:18081")
        .describe("Where it is reached: host and port.")
        .meta({ sample: "limits.internal:18081" }),
      domain: text((value) =>
        /^[A-Za-z0-9_.-]{1,64}$/.test(value)
          ? value
          : new Mistake("is not a domain", "Use letters, digits, hyphens, dots and underscores"),
      )
        .prefault("weir")
        .describe("Envoys with the same domain count together."),
      timeout: duration({ min: 1 }).prefault("100ms").describe("How long a request waits for it."),
      token: text()
        .optional()
        .describe("What it wants to be shown: its `WEIR_LIMITS_TOKEN`.")
        .meta({ sample: "${WEIR_LIMITS_TOKEN}" }),
      tls: z
        .strictObject({
          sni: hostName()
            .optional()
            .describe("The name asked for and checked in the service's certificate. The host when not given."),
          caFile: text()
            .optional()
            .describe("PEM file with the authorities to trust in place of the system's; relative to this file."),
          certFile: text()
            .optional()
            .describe("PEM file with the certificate that Envoy shows, where the service wants one.")
            .meta({ sample: "/etc/weir/envoy.pem" }),
          keyFile: text()
            .optional()
            .describe("PEM file with its key. Envoy reads it; it is in no configuration.")
            .meta({ sample: "/etc/weir/envoy.key" }),
        })
        .optional()
        .describe("Encrypt the traffic to the service. `{}` trusts the system's authorities."),
      configFile: text()
        .optional()
        .describe(
          "Where Weir writes the configuration of envoyproxy/ratelimit, and writes it anew whenever `limits` change. Relative to this file.",
        )
        .meta({ sample: "/etc/ratelimit/config/weir.yaml" }),
    })
    .optional()
    .describe("The service that counts `limits` for several Envoys together. Without it each counts by itself."),
  mcpSessionSecrets: z
    .array(
      text((value) =>
        value.length >= 16 ? value : new Mistake("has fewer than 16 characters", "Take 32 random ones or more"),
      ),
    )
    .prefault([])
    .describe(
      "What the sessions of MCP clients are encrypted with: the first; the others are those before it, so that it can be changed. When not given, one that is made and kept in Weir's state folder.",
    )
    .meta({ sample: ["${MCP_SESSION_SECRET}"] }),
  accessLog: z
    .strictObject({
      path: logPath.describe("`/dev/stdout`, or a file's absolute path.").meta({ sample: "/dev/stdout" }),
    })
    .optional()
    .describe("One JSON line for each request: route, provider, model, tokens, times. Nothing is logged without it."),
});

export type GatewayConfig = z.output<typeof gatewaySchema>;
