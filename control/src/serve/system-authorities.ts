// Where this machine keeps the certificate authorities it trusts: every system has its own place, and Envoy must be
// told.
import { existsSync } from "node:fs";

const usualPlaces = [
  // Debian, Ubuntu, Alpine, Arch, Envoy's images
  "/etc/ssl/certs/ca-certificates.crt",
  // Fedora, RHEL, Amazon Linux
  "/etc/pki/tls/certs/ca-bundle.crt",
  // openSUSE
  "/etc/ssl/ca-bundle.pem",
  // macOS, FreeBSD
  "/etc/ssl/cert.pem",
];

/**
 * The PEM file of this machine's authorities; `SSL_CERT_FILE` decides when it is set, as it does for OpenSSL. Null when
 * there is none, as in a container without the package `ca-certificates`.
 */
export function findSystemCaFile(
  env: Record<string, string | undefined>,
  exists: (path: string) => boolean = existsSync,
): string | null {
  return env.SSL_CERT_FILE || (usualPlaces.find(exists) ?? null);
}
