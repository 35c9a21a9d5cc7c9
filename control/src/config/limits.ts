// The bounds of a configuration file, so that neither a mistake nor malice in it can take the control plane down.

/** A hand-written file is a few KiB; ten thousand generated routes are below this. */
export const fileBytesMax = 4 * 1024 * 1024;
/**
 * Values after aliases are expanded: what a file of that size can hold, and far below what an alias bomb unfolds to.
 */
export const valuesMax = 200_000;
/** The schemas are five levels deep. */
export const depthMax = 32;
/** A key or a bundle of certificates: the systems' own are below 512 KiB. */
export const referencedFileBytesMax = 1024 * 1024;
/** Problems shown; the rest is counted. A file of garbage has one on each line. */
export const problemsMax = 100;
