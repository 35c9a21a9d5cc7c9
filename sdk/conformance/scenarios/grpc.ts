// gRPC calls and streams.
import { scenarios } from "../scenario.ts";

export default scenarios([
  {
    name: "grpc: a call is answered",
    plugins: [
      {
        script: `requestHeaders grpcCall echo-one test.Echo/Say 1000 hello\n requestHeaders return 4\n grpcReply set request x-grpc 1\n grpcReply continue request`,
      },
    ],
    grpc: { "echo-one": { prefix: "re: ", endsAfter: 1 } },
    expect: { client: ["200 ok"], provider: ["GET /"] },
  },
  {
    name: "grpc: a call fails with a status",
    plugins: [
      {
        script: `requestHeaders grpcCall echo-fail test.Echo/Say 1000 hello\n requestHeaders return 4\n grpcReply continue request`,
      },
    ],
    grpc: { "echo-fail": { status: 7, message: "not you", endsAfter: 0 } },
    expect: { client: ["200 ok"], provider: ["GET /"] },
  },
  {
    name: "grpc: a call times out",
    plugins: [
      {
        script: `requestHeaders grpcCall echo-mute test.Echo/Say 100 hello\n requestHeaders return 4\n grpcReply continue request`,
      },
    ],
    grpc: { "echo-mute": { endsAfter: 9 } },
    expect: { client: ["200 ok"], provider: ["GET /"] },
  },
  {
    name: "grpc: an unknown cluster",
    plugins: [
      {
        script: `requestHeaders grpcCall nowhere test.Echo/Say 1000 hello\n requestHeaders streamOpen one nowhere test.Echo/Talk`,
      },
    ],
    expect: { client: ["200 ok"], provider: ["GET /"], said: ["grpc call refused 10", "stream refused 10"] },
  },
  {
    name: "grpc: a stream of messages",
    plugins: [
      {
        script: `
          requestHeaders streamOpen one echo-stream test.Echo/Talk
          requestHeaders streamSend one first
          requestHeaders return 4
          streamMetadata get grpcInitial x-server
          streamMessage#1 streamSendLast one second
          streamTrailers get grpcTrailing x-sum
          streamEnd continue request
        `,
      },
    ],
    grpc: { "echo-stream": { prefix: "re: ", metadata: { "x-server": "echo" }, trailers: { "x-sum": "2" } } },
    expect: { client: ["200 ok"], provider: ["GET /"], said: ["x-server=echo", "x-sum=2"] },
  },
  {
    name: "grpc: a stream ends with an error",
    plugins: [
      {
        script: `requestHeaders streamOpen two echo-error test.Echo/Talk\n requestHeaders streamSend two first\n requestHeaders return 4\n streamEnd continue request`,
      },
    ],
    grpc: { "echo-error": { status: 13, message: "broken", endsAfter: 1 } },
    expect: { client: ["200 ok"], provider: ["GET /"] },
  },
  {
    name: "grpc: a stream is cancelled",
    plugins: [
      {
        script: `requestHeaders streamOpen three echo-cancel test.Echo/Talk\n requestHeaders streamSend three first\n requestHeaders return 4\n streamMessage streamCancel three\n streamMessage continue request`,
      },
    ],
    grpc: { "echo-cancel": { prefix: "re: " } },
    expect: { client: ["200 ok"], provider: ["GET /"] },
  },
  {
    name: "grpc: a stream is half-closed by the plugin",
    plugins: [
      {
        script: `requestHeaders streamOpen four echo-close test.Echo/Talk\n requestHeaders streamSend four only\n requestHeaders streamClose four\n requestHeaders return 4\n streamEnd continue request`,
      },
    ],
    grpc: { "echo-close": { prefix: "re: " } },
    expect: { client: ["200 ok"], provider: ["GET /"] },
  },
]);
