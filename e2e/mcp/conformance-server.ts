// The server that the official conformance suite asks for, as far as it is made of tools: names and texts are the
// suite's. https://github.com/modelcontextprotocol/conformance
import { gatewayBlock } from "../configurations.ts";

/** `api` is the small API's URL. */
export const conformanceConfiguration = (api: string): string => `${gatewayBlock}
mcpServers:
  - name: everything
    path: /mcp
    baseUrl: ${api}
    tools:
      - name: test_simple_text
        description: Returns text
        responseTemplate: { body: This is a simple text response for testing. }
      - { name: test_image_content, description: Returns a picture, requestTemplate: { url: /picture } }
      - { name: test_audio_content, description: Returns a sound, requestTemplate: { url: /sound } }
      - { name: test_error_handling, description: Fails, requestTemplate: { url: /missing } }
      - name: test_custom_headers
        description: Has an argument that a header repeats
        args: [{ name: region, description: A region, x-mcp-header: Region }]
        responseTemplate: { body: "{{.args.region}}" }
      - name: json_schema_2020_12_tool
        description: Tool with JSON Schema 2020-12 features
        inputSchema:
          $schema: https://json-schema.org/draft/2020-12/schema
          type: object
          $defs:
            address:
              $anchor: addressDef
              type: object
              properties: { street: { type: string }, city: { type: string } }
          properties:
            name: { type: string }
            address: { $ref: "#/$defs/address" }
            contactMethod: { type: string, enum: [phone, email] }
            phone: { type: string }
            email: { type: string }
          allOf:
            - anyOf:
                - required: [phone]
                - required: [email]
          if: { properties: { contactMethod: { const: phone } }, required: [contactMethod] }
          then: { required: [phone] }
          else: { required: [email] }
          additionalProperties: false
        responseTemplate: { body: done }
`;
