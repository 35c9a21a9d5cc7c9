// `kubernetes`: the cluster whose Ingresses and Gateways are served beside this file's routes.
import { isIP } from "node:net";
import { z } from "zod";
import { foreignClasses } from "../../model/kubernetes.ts";
import { readAddress } from "./http.ts";
import { integer, Mistake, scalar, text } from "./scalar.ts";

const address = scalar({ form: "IP address", type: "string" }, (value) =>
  readAddress(value, (text) => isIP(text) !== 0),
);

const port = () => integer({ min: 1, max: 65_535 });

const objectName = text((value) => {
  if (/^[a-z0-9-]+\/[a-z0-9.-]+$/.test(value)) return value;
  return new Mistake("is no object of a namespace", "Write namespace/name");
});

const anyText = text((value) => (value === "" ? new Mistake("is empty", "Remove it, or name something") : value));

export const kubernetesSchema = z.strictObject({
  kubeconfig: anyText
    .optional()
    .describe(
      "A kubeconfig's path. By default the account of the pod, else what `$KUBECONFIG` or `~/.kube/config` say.",
    ),
  alsoServe: z
    .array(z.enum(foreignClasses))
    .prefault([])
    .describe("Controllers whose Ingress classes are served as well, in their place: `higress`, `nginx`."),
  pluginNamespaces: z
    .array(anyText)
    .prefault(["higress-system", "weir-system"])
    .describe("Namespaces whose WasmPlugins are run, where `alsoServe` has `higress`: a plugin sees all requests."),
  address: address
    .prefault("0.0.0.0")
    .describe("The address that Ingresses are served at, and Gateways that have no other."),
  httpPort: port().prefault(80).describe("The port of Ingresses without TLS."),
  httpsPort: port().prefault(443).describe("The port of Ingresses with TLS."),
  gatewayAddresses: z
    .array(address)
    .prefault([])
    .describe("Addresses for Gateways, one for each. By default all share `address`."),
  publishedAddresses: z
    .array(anyText)
    .prefault([])
    .describe("Addresses or host names that Ingresses and Gateways are told in their status."),
  publishedService: objectName
    .optional()
    .describe("The Service in front of the gateway, `namespace/name`: its addresses are told in the status.")
    .meta({ sample: "weir-system/weir" }),
  defaultCertificate: objectName
    .optional()
    .describe("A Secret, `namespace/name`, with the certificate for connections that no Ingress has one for.")
    .meta({ sample: "weir-system/default-certificate" }),
  lease: objectName
    .prefault("weir-system/weir")
    .describe("The Lease by which replicas agree on who writes statuses, `namespace/name`."),
});

export type KubernetesConfig = z.output<typeof kubernetesSchema>;
