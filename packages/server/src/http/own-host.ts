import { isIP } from "node:net";

/**
 * Whether a request is for this server. A page of another site can make its own name lead here (DNS rebinding), and would then read what the
 * server answers as if it were its own; the name in `Host` gives it away. Names of this server are that of its origin, `localhost`, an
 * address of the loopback network, and the address at which it was reached: none of these can be pointed somewhere by others.
 * @param host the header, with or without a port
 * @param localAddress where the connection came in
 */
export function isOwnHost(
  host: string | undefined,
  origin: string,
  localAddress: string | undefined,
): boolean {
  if (host === undefined || !/^[A-Za-z0-9.:[\]_-]+$/.test(host) || !URL.canParse(`http://${host}`))
    return false;
  const { hostname } = new URL(`http://${host}`);
  if (hostname === new URL(origin).hostname || hostname === "localhost") return true;
  const address = hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) === 0) return false;
  return address === "::1" || address.startsWith("127.") || isSameAddress(address, localAddress);
}

/** The server hears IPv4 on a socket of IPv6 as `::ffff:192.0.2.1`. */
const isSameAddress = (address: string, local = ""): boolean => {
  const plain = local.replace(/^::ffff:(?=\d+\.)/i, "").split("%", 1)[0] ?? "";
  if (isIP(plain) === 6) return new URL(`http://[${plain}]`).hostname === `[${address}]`;
  return plain === address;
};
