// Networks, as consumers and limits name them.
import { isIP } from "node:net";
import { Mistake, text } from "./scalar.ts";

const networkFix = "Write it as in 10.0.0.0/8, 2001:db8::/32 or 192.0.2.7";

/** RFC 4632, RFC 4291 §2.3. */
export function readNetwork(value: string): string | Mistake {
  const [address = "", bits, ...more] = value.split("/");
  const family = address.includes("%") ? 0 : isIP(address);
  if (family === 0 || more.length > 0) return new Mistake("is not a network", networkFix);
  const isSize = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  return isSize ? value : new Mistake(`has no size from 0 to ${family === 4 ? 32 : 128}`, networkFix);
}

export const network = text(readNetwork, { form: "network" });
