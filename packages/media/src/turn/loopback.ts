import { networkInterfaces } from "node:os";

/**
 * The address of this machine that nobody else reaches, in the family that ICE works with here: where the machine has IPv6 alone, libjuice takes no
 * address of the other family, and a browser pairs none.
 */
export function loopbackAddress(): "127.0.0.1" | "::1" {
  const outward = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ internal }) => !internal),
  );
  const isIpv6Alone = outward.length > 0 && outward.every(({ family }) => family === "IPv6");
  return isIpv6Alone ? "::1" : "127.0.0.1";
}
