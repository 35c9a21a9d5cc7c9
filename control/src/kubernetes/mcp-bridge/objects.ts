// Higress's McpBridge, as far as it is read: registries of services, and what is said of them.
// https://higress.cn/en/docs/latest/user/mcp-bridge/
import type { Condition } from "../gateway/objects.ts";
import type { KubernetesObject } from "../objects.ts";

export interface McpBridge extends KubernetesObject {
  spec?: { registries?: RegistryEntry[]; proxies?: { name?: string }[] };
  status?: { conditions?: Condition[] };
}

export interface RegistryEntry {
  type?: string;
  name?: string;
  /** A host, for `static` and `dns` several between commas. */
  domain?: string;
  port?: number;
  protocol?: string;
  sni?: string;
  /** A Secret beside the bridge. */
  authSecretName?: string;
  proxyName?: string;
  zkServicesPath?: string[];
  consulDatacenter?: string;
  consulNamespace?: string;
  consulServiceTag?: string;
  nacosAddressServer?: string;
  nacosAccessKey?: string;
  nacosSecretKey?: string;
  nacosNamespaceId?: string;
  nacosNamespace?: string;
  nacosGroups?: string[];
  enableMCPServer?: boolean;
}
