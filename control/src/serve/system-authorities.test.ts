import { expect, test } from "vitest";
import { findSystemCaFile } from "./system-authorities.ts";

test("findSystemCaFile() takes what SSL_CERT_FILE names, else the first usual place that exists", () => {
  const fedora = (path: string) => path === "/etc/pki/tls/certs/ca-bundle.crt";
  expect(findSystemCaFile({ SSL_CERT_FILE: "/own.pem" }, fedora)).toBe("/own.pem");
  expect(findSystemCaFile({ SSL_CERT_FILE: "" }, fedora)).toBe("/etc/pki/tls/certs/ca-bundle.crt");
  expect(findSystemCaFile({}, () => false)).toBeNull();
});
