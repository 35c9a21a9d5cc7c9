// All callbacks of the ABI, for a module that holds HTTP and TCP filters.
export * from "./http";
export * from "./tcp";
