// A gateway whose tools lead to the small API of rest-api.ts. Keys are obvious fakes.
import { gatewayBlock } from "../configurations.ts";

/** `api` is the API's URL. */
export const mcpConfiguration = (api: string): string => `${gatewayBlock}
mcpServers:
  - name: weather
    title: The weather
    instructions: Ask for one city at a time
    baseUrl: ${api}
    timeout: 2s
    config: { apiKey: "\${MCP_API_KEY}" }
    securitySchemes:
      - { id: key, type: apiKey, in: header, name: X-Api-Key, defaultCredential: "\${MCP_API_KEY}" }
      - { id: missing, type: http, scheme: bearer }
    tools:
      - name: forecast
        title: Forecast
        description: The weather of the next days
        annotations: { readOnlyHint: true }
        args:
          - { name: city, description: The city, required: true, minLength: 2, position: path }
          - { name: days, description: How many, type: integer, default: 3, minimum: 1, maximum: 7, position: query }
        outputSchema:
          type: object
          properties: { city: { type: string }, days: { type: array, items: { type: object } } }
          required: [city]
        requestTemplate: { url: "/weather/{city}" }
        responseTemplate: { body: "{{.city}}:{{range .days}} {{.degrees}}{{end}}" }
      - name: echo
        description: Says what it was asked
        args: [{ name: text }, { name: list, type: array, items: { type: string } }]
        requestTemplate:
          url: "${api}/echo?fixed=1"
          method: POST
          argsToJsonBody: true
          headers: [{ key: X-From, value: "weir {{.config.apiKey | len}}" }]
          security: { id: key }
      - { name: picture, description: A pixel, requestTemplate: { url: /picture } }
      - { name: large, description: Very much, requestTemplate: { url: /large } }
      - { name: nothing, description: Nothing, requestTemplate: { url: /nothing, method: DELETE } }
      - name: missing
        description: Is not there
        requestTemplate: { url: /missing }
        errorResponseTemplate: "{{.error}} ({{gjson \`_headers.x-code\`}})"
      - { name: broken, description: Breaks off, requestTemplate: { url: /broken } }
      - { name: slow, description: Never answers, requestTemplate: { url: /slow } }
      - { name: locked, description: Has no key, requestTemplate: { url: /echo, security: { id: missing } } }
      - name: greet
        description: Needs nobody
        args: [{ name: who }]
        responseTemplate: { body: "Hello {{default \`you\` .args.who}}" }
  - name: many
    path: /other/many
    pageSize: 3
    allowTools: [t1, t2, t3, t5, t7]
    tools:
${Array.from({ length: 9 }, (_, i) => `      - { name: t${i}, description: Number ${i}, responseTemplate: { body: "${i}" } }`).join("\n")}
`;

export const mcpEnvironment = { MCP_API_KEY: "fake-mcp-key" };
