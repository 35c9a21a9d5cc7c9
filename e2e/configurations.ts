// The configurations that several scenarios share. @PORT@, @LOG@ and @SIMULATOR@ are filled in by `gateway.ts`; the
// keys are obvious fakes whose presence in the wrong place is looked for.

/** Put before each of them. */
export const gatewayBlock = `
gateway:
  address: 127.0.0.1
  port: @PORT@
  accessLog: { path: "@LOG@" }
`;

/** One provider for every model, reached straight from the route. */
export const oneProvider = `${gatewayBlock}
providers:
  - name: alpha
    type: openai
    baseUrl: "@SIMULATOR@/v1"
    apiKey: fake-alpha-key
    modelMapping:
      public-model: upstream-model
      "family-*": family-upstream
      "family-large-*": family-large-upstream
      "~^size-(\\\\d+)$": "sized-$1b"
routes:
  - name: all
    match: { pathPrefix: /v1 }
    models: ["*"]
    targets: [{ provider: alpha }]
`;

/** Two providers that share one path and are told apart by the body's model. */
export const twoProviders = `${gatewayBlock}
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
  - { name: beta, type: openai, baseUrl: "@SIMULATOR@/beta/v1", apiKey: fake-beta-key }
routes:
  - name: gpt
    match: { pathPrefix: /v1 }
    models: ["gpt-*", "text-embedding-3-small"]
    targets: [{ provider: alpha }]
  - name: claude
    match: { pathPrefix: /v1 }
    models: ["claude-*"]
    targets: [{ provider: beta }]
`;
