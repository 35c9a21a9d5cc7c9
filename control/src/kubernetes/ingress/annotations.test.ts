// Values that Envoy would refuse, and with them the routes of every Ingress, are told on the object and left out.
import { expect, test } from "vitest";
import type { Ingress } from "../objects.ts";
import { readAnnotations } from "./annotations.ts";
import { plainSettings } from "./settings.ts";

function read(name: string, value: string): ReturnType<typeof readAnnotations> {
  const metadata = { name: "web", namespace: "default", annotations: { [`weir.dev/${name}`]: value } };
  return readAnnotations({ metadata, spec: {} } as Ingress);
}

test.each([
  ["exact-match-header-x:y", "1", "ends in no name of a header"],
  ["request-header-control-add", ":path /admin", "cannot write the header :path"],
  ["request-header-control-update", "x-ok 1\nx(bad) 2", "cannot write the header x(bad)"],
  ["response-header-control-add", "x-tab a\u0001b", "cannot write the header x-tab"],
  ["request-header-control-remove", "x-ok,host", "cannot remove host"],
  ["response-header-control-remove", ":status", "cannot remove :status"],
  ["canary-by-header", "x y", "must be a name of letters, digits and signs such as -"],
  ["canary-by-cookie", "a=b", "must be a name of letters, digits and signs such as -"],
  ["session-cookie-name", "a;b", "must be a name of letters, digits and signs such as -"],
  ["upstream-vhost", "a\r\nb", "must be one line of plain text"],
  ["timeout", "-1", "must be a number from 0 on"],
  ["canary", "yes", "must be true or false"],
])("%s: %j", (name, value, problem) => {
  const { settings, notices } = read(name, value);
  expect(notices.map(({ reason, message }) => [reason, message])).toEqual([
    ["InvalidAnnotation", `weir.dev/${name} ${problem}`],
  ]);
  expect(settings).toEqual(plainSettings());
});

test.each([
  ["request-header-control-add", 'X-A one two\nX-B "quoted"'],
  ["response-header-control-remove", "Server, X-Powered-By"],
  ["exact-match-header-x-version", "2"],
  ["upstream-vhost", "api.internal:8080"],
])("%s: %j is taken", (name, value) => {
  const { settings, notices } = read(name, value);
  expect(notices).toEqual([]);
  expect(settings).not.toEqual(plainSettings());
});

test("of a list of ciphers those count that Envoy knows", () => {
  const { settings, notices } = read("ssl-cipher", "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-GCM-SHA384:!aNULL");
  expect(settings.tls.ciphers).toEqual(["ECDHE-RSA-AES256-GCM-SHA384"]);
  expect(notices[0]?.message).toBe(
    "weir.dev/ssl-cipher has ciphers that Envoy does not know: ECDHE-RSA-AES256-SHA384, !aNULL",
  );
});
