// The server that the official conformance suite asks for, made of a small HTTP API and of the configuration alone:
// names and texts are the suite's. https://github.com/modelcontextprotocol/conformance
import { gatewayBlock } from "../configurations.ts";
import { png } from "./rest-api.ts";

const pixel = png.toString("base64");

/** `api` is the small API's URL. */
export const conformanceConfiguration = (api: string): string => `${gatewayBlock}
mcpServers:
  - name: everything
    path: /mcp
    baseUrl: ${api}
    tools:
${tools}${askingTools}
    prompts:
${prompts}
    resources:
${resources}
`;

const tools = `
      - name: test_simple_text
        description: Returns text
        responseTemplate: { body: This is a simple text response for testing. }
      - { name: test_image_content, description: Returns a picture, requestTemplate: { url: /picture } }
      - { name: test_audio_content, description: Returns a sound, requestTemplate: { url: /sound } }
      - { name: test_error_handling, description: Fails, requestTemplate: { url: /missing } }
      - name: test_embedded_resource
        description: Returns a resource
        responseTemplate:
          content:
            - type: resource
              resource: { uri: "test://embedded-resource", mimeType: text/plain, text: This is an embedded resource. }
      - name: test_multiple_content_types
        description: Returns a text, a picture and a resource
        requestTemplate: { url: /weather/Rome?days=1 }
        responseTemplate:
          content:
            - { type: text, text: "The weather of {{.city}}" }
            - { type: image, data: ${pixel}, mimeType: image/png }
            - { type: resource, resource: { uri: "test://mixed", mimeType: application/json, text: "{{toJson .}}" } }
      - name: test_tool_with_logging
        description: Says what it does
        requestTemplate: { url: /weather/Rome?days=1 }
        logs: [{ data: Tool execution started }, { data: "{{.city}} has been asked" }, { data: "{{._status}}" }]
      - { name: test_tool_with_progress, description: Takes its time, requestTemplate: { url: /steps } }
      - name: test_logging_tool
        description: Says what it does, to whoever wants to know
        logs: [{ data: Done }]
        responseTemplate: { body: done }
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

/** A form with one field. */
const form = (name: string, message: string, field: string, type = "string", more = ""): string =>
  `{ name: ${name}, method: elicitation/create${more}, params: { message: "${message}", requestedSchema: { type: object, properties: { ${field}: { type: ${type} } }, required: [${field}] } } }`;

const sampling = (name: string, question: string, maxTokens: number): string =>
  `{ name: ${name}, method: sampling/createMessage, params: { messages: [{ role: user, content: { type: text, text: "${question}" } }], maxTokens: ${maxTokens} } }`;

const roots = "{ name: client_roots, method: roots/list }";

const asking = (name: string, requests: string[], body: string): string => `
      - name: ${name}
        description: Asks before it answers
        inputRequests:
${requests.map((request) => `          - ${request}`).join("\n")}
        responseTemplate: { body: "${body}" }`;

const confirmation = form("confirm", "Please confirm", "ok", "boolean");

const askingTools = [
  asking(
    "test_input_required_result_elicitation",
    [form("user_name", "What is your name?", "name")],
    "Hello, {{.input.user_name.name}}!",
  ),
  asking(
    "test_input_required_result_sampling",
    [sampling("capital_question", "What is the capital of France?", 100)],
    "{{.input.capital_question.content.text}}",
  ),
  asking("test_input_required_result_list_roots", [roots], "{{range .input.client_roots.roots}}{{.uri}} {{end}}"),
  asking("test_input_required_result_request_state", [confirmation], "state-ok {{.input.confirm.ok}}"),
  asking("test_input_required_result_tampered_state", [confirmation], "{{.input.confirm.ok}}"),
  asking(
    "test_input_required_result_multiple_inputs",
    [form("user_name", "What is your name?", "name"), sampling("greeting", "Generate a greeting", 50), roots],
    "{{.input.greeting.content.text}} {{.input.user_name.name}}",
  ),
  asking(
    "test_input_required_result_multi_round",
    [
      form("step1", "Step 1: What is your name?", "name"),
      form("step2", "Step 2, {{.input.step1.name}}: What is your favorite color?", "color", "string", ", round: 2"),
    ],
    "{{.input.step1.name}} likes {{.input.step2.color}}",
  ),
  asking(
    "test_input_required_result_capabilities",
    [form("who", "Who?", "name", "string", ", optional: true"), sampling("what", "What?", 10)],
    "done",
  ),
  asking("test_missing_capability", [sampling("what", "What?", 10)], "done"),
  asking("test_streaming_elicitation", [confirmation], "done"),
].join("");

const prompts = `
      - name: test_simple_prompt
        description: A simple prompt
        messages: [{ text: This is a simple prompt for testing. }]
      - name: test_prompt_with_arguments
        description: A prompt with arguments
        arguments:
          - { name: arg1, description: First, required: true, examples: [test, testing, other] }
          - { name: arg2, description: Second, required: true }
        messages: [{ text: "Prompt with arguments: arg1='{{.args.arg1}}', arg2='{{.args.arg2}}'" }]
      - name: test_prompt_with_embedded_resource
        description: A prompt with a resource
        arguments: [{ name: resourceUri, required: true }]
        messages:
          - content:
              type: resource
              resource: { uri: "{{.args.resourceUri}}", mimeType: text/plain, text: Embedded resource content for testing. }
          - { text: Please process the embedded resource above. }
      - name: test_prompt_with_image
        description: A prompt with a picture
        messages:
          - { content: { type: image, data: ${pixel}, mimeType: image/png } }
          - { text: Please look at the picture above. }
      - name: test_input_required_result_prompt
        description: Asks before it answers
        inputRequests:
          - ${form("user_context", "What context should the prompt use?", "context")}
        messages: [{ text: "{{.input.user_context.context}}" }]
`;

const resources = `
      - { uri: "test://static-text", name: text, mimeType: text/plain, text: This is the content of the static text resource. }
      - { uri: "test://static-binary", name: binary, mimeType: image/png, blob: ${pixel} }
      - { uri: "test://watched-resource", name: watched, requestTemplate: { url: /weather/Rome?days=1 } }
      - uriTemplate: "test://template/{id}/data"
        name: template
        requestTemplate: { url: "/weather/{id}?days=1" }
`;
