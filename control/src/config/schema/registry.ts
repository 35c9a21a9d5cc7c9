// `registries[]`: who knows where the servers of services are. And how the rest of the configuration names a service.
import { z } from "zod";
import { registryTypes } from "../../model/discovery.ts";
import { hostPort } from "./host-port.ts";
import { name } from "./name.ts";
import { integer, Mistake, text, word } from "./scalar.ts";
import { urlText } from "./url.ts";

const host = () => hostPort("gpu.internal:8000");

const nodePath = text(
  (value) =>
    /^(\/[^/\s]+)+$/.test(value) ? value : new Mistake("is not the path of a node", "Write it as in /services"),
  { form: "path", pattern: "^/" },
);

export const registrySchema = z.strictObject({
  name: name().describe("How `service.registry` and `weir status` name it. Unique."),
  type: word(registryTypes).describe(
    "`consul`, `eureka`, `nacos` and `zookeeper` are asked all the time; `static` and `dns` are lists of servers, one service each.",
  ),
  url: urlText()
    .optional()
    .describe("Of `consul`, `eureka` and `nacos`: where it is reached; Eureka's with its path.")
    .meta({ sample: "http://consul.internal:8500" }),
  servers: z
    .array(host())
    .min(1)
    .optional()
    .describe("Of `zookeeper`: its servers.")
    .meta({ sample: ["zookeeper.internal:2181"] }),
  addresses: z
    .array(host())
    .min(1)
    .optional()
    .describe("Of `static`: the addresses of the one service's servers.")
    .meta({ sample: ["10.0.0.7:8000"] }),
  hosts: z
    .array(host())
    .min(1)
    .optional()
    .describe("Of `dns`: names that Envoy looks up again and again; requests go to all of their addresses.")
    .meta({ sample: ["gpu.internal:8000"] }),
  datacenter: text().optional().describe("Of `consul`. The agent's own when not given."),
  tag: text().optional().describe("Of `consul`: only instances that have it, in any case."),
  namespace: text()
    .optional()
    .describe("Of `nacos`: a namespace's id, `public` when not given. Of `consul`: one of Consul Enterprise."),
  serverVersion: integer({ min: 1, max: 3 })
    .optional()
    .describe("Of `nacos`: the server's major version, which decides upon the API that is asked. 2 when not given."),
  path: nodePath
    .optional()
    .describe("Of `zookeeper`: the node that services are below. `/services`, Spring Cloud's, when not given.")
    .meta({ sample: "/services" }),
  token: text()
    .optional()
    .describe("Of `consul`: the ACL token, best as a reference.")
    .meta({ sample: "${CONSUL_TOKEN}" }),
  username: text().optional().describe("Of `nacos`, `eureka` and `zookeeper`, with `password`."),
  password: text()
    .optional()
    .describe("Of `nacos`, `eureka` and `zookeeper`, best as a reference.")
    .meta({ sample: "${NACOS_PASSWORD}" }),
  accessKeyId: text().optional().describe("Of `nacos` of Alibaba Cloud, with `accessKeySecret`."),
  accessKeySecret: text()
    .optional()
    .describe("Of `nacos` of Alibaba Cloud, best as a reference.")
    .meta({ sample: "${NACOS_SECRET_KEY}" }),
});

const serviceSchema = z.strictObject({
  registry: text().describe("The `name` of one of `registries`.").meta({ sample: "main" }),
  name: text()
    .optional()
    .describe("The service's name there. Not for `static` and `dns`, which are one service each.")
    .meta({ sample: "llama" }),
  group: text()
    .optional()
    .describe("Of `nacos`: its group, `DEFAULT_GROUP` when not given. Of Dubbo's services: theirs."),
  interface: text()
    .optional()
    .describe("Of `zookeeper`, in place of `name`: the interface of a service of Dubbo.")
    .meta({ sample: "com.example.Search" }),
  version: text().optional().describe("Only servers of this version, as they say it of themselves."),
});

export const service = () =>
  serviceSchema
    .optional()
    .describe(
      "The service of a registry whose servers are connected to, in place of the URL's host and port. The URL still says the scheme, the path, and the name that servers are told.",
    );

export type RegistryConfig = z.output<typeof registrySchema>;
export type ServiceConfig = z.output<typeof serviceSchema>;
