// The TCP port of ADS, for Envoys that others start: what `weir run` needs before it opens one. The keys of every
// provider pass through it, so there is a token always, and TLS wherever the traffic leaves this machine.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { xdsTokenVariable, type HostPort } from "../../../envoy/control-cluster.ts";
import { Secret } from "../model/secret.ts";
import type { TcpDoor } from "../serve/ads-door.ts";
import { defaultPorts } from "./control-plane.ts";
import { messageOf, UserError } from "./user-error.ts";

export interface XdsFlags {
  xdsListen?: HostPort;
  xdsTlsCert?: string;
  xdsTlsKey?: string;
  xdsWithoutTls?: boolean;
  /** False: others start the Envoys, so there is a port in any case. */
  envoy: boolean;
}

export interface XdsDoor extends TcpDoor {
  host: string;
  port: number;
  /** To be shown once: nobody else knows it. Null when the environment has it. */
  newToken: string | null;
}

type Environment = Record<string, string | undefined>;

const tokenBytes = 32;
const tokenForm = /^[\x21-\x7e]{16,512}$/;

/** Null when no port is asked for. Throws a `UserError` when keys would travel in clear. */
export function xdsDoor(flags: XdsFlags, env: Environment): XdsDoor | null {
  const { xdsListen, xdsTlsCert, xdsTlsKey, envoy } = flags;
  const at = xdsListen ?? (envoy ? null : { address: "127.0.0.1", port: defaultPorts.xds });
  if (!at) {
    if (!xdsTlsCert && !xdsTlsKey) return null;
    throw new UserError("--xds-tls-cert and --xds-tls-key need a port: add --xds-listen <host:port>");
  }
  const tls = readTls(flags);
  if (!tls && !isLoopback(at.address) && !flags.xdsWithoutTls) {
    throw new UserError(
      `--xds-listen ${at.address}:${at.port} would send providers' keys over a network in clear. ` +
        `Add --xds-tls-cert and --xds-tls-key, or --xds-without-tls where something else encrypts`,
    );
  }
  const known = readToken(env);
  const newToken = known ? null : randomBytes(tokenBytes).toString("base64url");
  const token = new Secret(known ?? newToken ?? "", { kind: "env", name: xdsTokenVariable });
  return { host: at.address, port: at.port, token, newToken, ...(tls && { tls }) };
}

function readToken(env: Environment): string | null {
  const token = env[xdsTokenVariable];
  if (!token) return null;
  if (tokenForm.test(token)) return token;
  throw new UserError(
    `${xdsTokenVariable} cannot be used: it needs 16 to 512 printable ASCII characters without spaces. ` +
      `Make one with: openssl rand -hex 32`,
  );
}

function readTls({ xdsTlsCert, xdsTlsKey }: XdsFlags): TcpDoor["tls"] | null {
  if (!xdsTlsCert && !xdsTlsKey) return null;
  if (!xdsTlsCert || !xdsTlsKey) throw new UserError("--xds-tls-cert and --xds-tls-key belong together: give both");
  try {
    const tls = { cert: readFileSync(xdsTlsCert), key: readFileSync(xdsTlsKey) };
    createSecureContext(tls);
    return tls;
  } catch (cause) {
    throw new UserError(
      `--xds-tls-cert ${xdsTlsCert} with --xds-tls-key ${xdsTlsKey} cannot be used: ${messageOf(cause)}. ` +
        `Give a certificate in PEM and the key that belongs to it`,
      { cause },
    );
  }
}

/** A name other than localhost may lead anywhere. */
function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

/** Why an Envoy was turned away, and what to do. */
export function xdsRefusal(peer: string, reason: string): string {
  const bootstrap = reason.includes("TLS") ? "weir bootstrap --xds-tls-ca <file>" : "weir bootstrap";
  const fix = `Start it with the bootstrap of ${bootstrap}, and ${xdsTokenVariable} in its environment`;
  return `An Envoy at ${peer} may not join: it shows ${reason}. ${fix}`;
}
