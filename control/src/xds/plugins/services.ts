// What people call the Service behind a cluster of plain HTTP: see `clusterNameOf`.

/** With and without its port; none for a cluster of another kind. */
export function servicesOf(cluster: string): string[] {
  const [, name = "", port = ""] = /^web\/(.+?)(?::(\d+))?(?:~[0-9a-f]+)?$/.exec(cluster) ?? [];
  if (name === "") return [];
  const host = hostOf(name);
  return port === "" ? [host] : [host, `${host}:${port}`];
}

/** `namespace/name` of a Service, `host/name` of a host that was named, or what a registry calls it. */
function hostOf(name: string): string {
  const [first = "", second, ...more] = name.split("/");
  if (second === undefined || more.length > 0) return name;
  return first === "host" ? second : `${second}.${first}.svc.cluster.local`;
}
