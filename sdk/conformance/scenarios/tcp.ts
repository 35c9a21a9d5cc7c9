// TCP connections.
import { scenarios } from "../scenario.ts";

export default scenarios([
  {
    name: "tcp: bytes pass both ways and are seen",
    plugins: [{ script: `connection log new\n downstream body downstream\n upstream body upstream` }],
    tcp: { client: ["one", "two"], closes: "client" },
    expect: {
      tcp: { client: "ONETWO", provider: "onetwo" },
      said: ["new", 'body "one"', 'body "ONE"', 'body "two"', 'body "TWO"'],
    },
  },
  {
    name: "tcp: bytes are changed",
    plugins: [
      {
        script: `connection log new\n downstream replace downstream changed\n upstream append upstream !\n upstream prepend upstream >`,
      },
    ],
    tcp: { client: ["one"], closes: "client" },
    expect: { tcp: { client: ">CHANGED!", provider: "changed" }, said: ["new"] },
  },
  {
    name: "tcp: bytes are held until there are enough",
    plugins: [{ script: `connection log new\n downstream#1 return 1\n downstream body downstream` }],
    tcp: { client: ["one", "two"], closes: "client" },
    expect: { tcp: { client: "ONETWO", provider: "onetwo" }, said: ["new", 'body "one"', 'body "onetwo"'] },
  },
  {
    name: "tcp: the plugin closes",
    plugins: [{ script: `connection log new\n downstream#2 close downstream` }],
    tcp: { client: ["one", "two"], closes: "plugin" },
    expect: { tcp: { client: "ONE", provider: "one" }, said: ["new"] },
  },
  {
    name: "tcp: a trap closes the connection",
    plugins: [{ vmId: "trap-tcp", script: `connection log new\n downstream#2 trap unreachable` }],
    tcp: { client: ["one", "two"], closes: "plugin" },
    expect: { tcp: { client: "ONE", provider: "one" }, said: ["new"] },
  },
  {
    name: "tcp: filter state and properties",
    plugins: [
      {
        script: `connection property note text\n connection setProperty note kept\n downstream property note text\n connection sharedAdd tcp-streams 1`,
      },
    ],
    tcp: { client: ["one"], closes: "client" },
    expect: { tcp: { client: "ONE", provider: "one" }, said: ["property note=missing", "sum 1", "property note=kept"] },
  },
]);
