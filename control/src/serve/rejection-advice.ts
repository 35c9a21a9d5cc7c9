// What to do about refusals that are not the resource's fault but the Envoy's own bootstrap's.

const advice: [said: RegExp, whatToDo: string][] = [
  [
    /InternalListener bootstrap extension is mandatory/,
    "MCP servers of transport sse that are members of others need it. Print this Envoy's bootstrap anew with " +
      "`weir bootstrap`, or add to its bootstrap_extensions: { name: envoy.bootstrap.internal_listener, typed_config: " +
      '{ "@type": type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener } }; then start ' +
      "it again",
  ],
];

/** Whether it is known what to do. */
export function hasAdvice(message: string): boolean {
  return advice.some(([said]) => said.test(message));
}

/** Envoy's words, and behind them what to do where that is known. */
export function withAdvice(message: string): string {
  const found = advice.find(([said]) => said.test(message));
  return found ? `${message.trim()}. ${found[1]}` : message;
}
