// What is read from a Kubernetes API server, and where it is served: plain data.

export interface Kubernetes {
  /** A kubeconfig's path; null for the pod's own account, else the user's own file. */
  kubeconfig: string | null;
  /** Controllers of others whose classes are served as well. */
  alsoServe: ForeignClass[];
  /** Where Higress's plugins are taken from, where it is among those. */
  pluginNamespaces: string[];
  /** Where Ingresses listen, and Gateways that have no address of their own. */
  address: string;
  httpPort: number;
  httpsPort: number;
  /** One for each Gateway, taken in this order; empty: all share `address`. */
  gatewayAddresses: string[];
  /** What objects are told to be reached at; empty: where they listen. */
  publishedAddresses: string[];
  /** The Service in front of the Envoys, whose addresses are told in their place; null for none. */
  publishedService: ObjectName | null;
  /** The certificate of connections for which no other is; null: they are refused. */
  defaultCertificate: ObjectName | null;
  /** Where the replicas agree on who writes statuses. */
  lease: ObjectName;
}

export interface ObjectName {
  namespace: string;
  name: string;
}

export const foreignClasses = ["higress", "nginx"] as const;
export type ForeignClass = (typeof foreignClasses)[number];
