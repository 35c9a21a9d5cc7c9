// `plugins[]`: Proxy-Wasm modules of others, or of one's own, that run beside Weir's.
import { z } from "zod";
import { readModuleReference } from "../../model/module-reference.ts";
import { pluginPhases } from "../../model/plugins.ts";
import { freeMap, freeText } from "./mcp-content.ts";
import { name } from "./name.ts";
import { flag, integer, Mistake, text, word } from "./scalar.ts";

const url = text(
  (value) => {
    if (readModuleReference(value)) return value;
    return new Mistake(
      "is no address of a module",
      "Write it as in oci://registry.example.com/plugins/stamp:1.2.0, https://example.com/stamp.wasm or stamp.wasm",
    );
  },
  { form: "URL" },
);

const pattern = text((value) => {
  if (/^\*?[A-Za-z0-9._-]{1,253}$/.test(value) || value === "*") return value.toLowerCase();
  return new Mistake("is no pattern of hosts", "Write a name, or *.example.com for all that end so");
});

const sha256 = text(
  (value) => {
    if (/^[0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase();
    return new Mistake("is not a SHA-256 in hex", "Write the 64 digits that sha256sum or the registry tells");
  },
  { form: "SHA-256 in hex" },
);

/** As Envoy's environment has them. */
const variable = text((value) => {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return value;
  return new Mistake("is no name of a variable", "Use letters, digits and underscores");
});

const config = () =>
  freeMap()
    .optional()
    .meta({ sample: { header: "x-stamp" } });

const rule = z.strictObject({
  routes: z
    .array(text())
    .prefault([])
    .describe(
      "Routes and MCP servers, by name; of a cluster `Ingress/namespace/name`, `HTTPRoute/namespace/name` and so on.",
    )
    .meta({ sample: ["chat"] }),
  hosts: z
    .array(pattern)
    .prefault([])
    .describe("Host names of requests; `*.example.com` for all that end so.")
    .meta({ sample: ["*.example.com"] }),
  services: z
    .array(text())
    .prefault([])
    .describe("Services of a cluster that requests go to, with or without a port.")
    .meta({ sample: ["web.default.svc.cluster.local:80"] }),
  config: config().describe("Its configuration for these requests, in place of the plugin's own."),
  disabled: flag().prefault(false).describe("It does not run for these requests."),
});

export const pluginSchema = z.strictObject({
  name: name().describe("How messages name it. Unique."),
  url: url
    .describe(
      "Where its module is: `oci://` for an image in a registry, which is meant where nothing is said, `https://`, `http://`, or `file://` on the control plane's machine, where a relative path starts at this file.",
    )
    .meta({ sample: "oci://registry.example.com/plugins/stamp:1.2.0" }),
  sha256: sha256
    .optional()
    .describe("The SHA-256 of what is downloaded, in hex; of an image that of its manifest. Anything else is refused.")
    .meta({ sample: "4d6f4fa8ea4e61d4bf3fb3aa6ca9a9bd4cb2a4e1a4f5c0b1bb7f2f6a3e0c9d15" }),
  verificationKey: freeText()
    .optional()
    .describe("A public key in PEM: the image must be signed by it, as cosign signs.")
    .meta({ sample: "${file:cosign.pub}" }),
  pull: word(["always", "ifNotPresent"])
    .optional()
    .describe(
      "Whether what was had once is asked for again, at a start and when this file is read anew. `always` for the tag `latest`, else `ifNotPresent`.",
    ),
  auth: z
    .strictObject({
      username: text().describe("Who asks."),
      password: text().describe("A password, or a token.").meta({ sample: "${REGISTRY_TOKEN}" }),
    })
    .optional()
    .describe("What the registry is shown."),
  phase: word(pluginPhases)
    .prefault("unspecified")
    .describe(
      "When it runs: `authn` before callers are known, `authz` before targets are chosen, `stats` behind limits, `unspecified` last.",
    ),
  priority: integer({ min: -1_000_000, max: 1_000_000 })
    .prefault(0)
    .describe("In its phase the higher runs first. Responses pass the other way."),
  failure: word(["closed", "open"])
    .prefault("closed")
    .describe("What becomes of requests when it is not there or has failed: refused, or let through without it."),
  rootId: text().optional().describe("Which plugin of the module is meant, where it has several."),
  environment: z
    .strictObject({
      names: z.array(variable).prefault([]).describe("Envoy's own variables that it may read."),
      values: freeMap()
        .prefault({})
        .describe("Variables for it alone, by name.")
        .meta({ sample: { LEVEL: "info" } }),
    })
    .prefault({})
    .describe("Environment variables."),
  allowOnHeadersStopIteration: flag()
    .optional()
    .describe(
      "Whether a pause at the headers lets the body come, as plugins made with Weir's SDK or Higress's expect. Those of Higress are known; for others `false`, as Envoy has it.",
    ),
  config: config().describe("Its configuration, given to it as JSON, for requests that no rule is for."),
  rules: z
    .array(rule)
    .prefault([])
    .describe(
      "Other configurations for some requests: the first whose fields fit, all that are given, counts. Without `config` of its own, a plugin with rules runs for those alone.",
    ),
});

export type PluginConfig = z.output<typeof pluginSchema>;
