/**
 * Which addresses a terminal may name for the server to call. A terminal names what it likes: without bounds anybody who registers could have the server send
 * requests into its own network.
 */
import { isIP } from "node:net";

import type { ErrorCode } from "@signet/protocol";
import ipaddr from "ipaddr.js";

/** Those of Chromium, Firefox, Edge and Safari. With a dot before it: all names under it. */
export const knownPushServices: readonly string[] = [
  "fcm.googleapis.com",
  "updates.push.services.mozilla.com",
  ".notify.windows.com",
  "web.push.apple.com",
];

/**
 * @param services hosts, with a port where it is not 443
 * @returns why the server does not call it; undefined where it does
 */
export function endpointRefusal(endpoint: string, services: readonly string[]): ErrorCode | undefined {
  const url = URL.parse(endpoint);
  if (
    url === null ||
    url.protocol !== "https:" ||
    url.username !== "" ||
    url.password !== "" ||
    url.hash !== ""
  )
    return "push.badEndpoint";
  // A service has a name. IPv6 stands in brackets.
  if (isIP(url.hostname) !== 0 || url.hostname.startsWith("[")) return "push.badEndpoint";
  const isKnown = services.some((service) =>
    service.startsWith(".")
      ? url.host.endsWith(service) && url.host.length > service.length
      : url.host === service,
  );
  return isKnown ? undefined : "push.unknownService";
}

/** Whether it is anybody's on the internet: neither this machine's, nor of a private network, nor of any other special range, in whatever notation. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
}
