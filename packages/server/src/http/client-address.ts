/** Whose a connection is, also behind proxies that are trusted to say so. */
import { BlockList, isIP, isIPv6 } from "node:net";

/** Addresses and networks (`10.0.0.0/8`, `2001:db8::/32`) whose word on who asks is taken. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /** @throws RangeError for what is neither address nor network */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const { address, bits, family } = readRange(range);
      this.#list.addSubnet(address, bits, family);
    }
  }

  has(address: string): boolean {
    const plain = plainAddress(address);
    return plain !== undefined && this.#list.check(plain, familyOf(plain));
  }

  /**
   * Who asked a trusted proxy: the entry of `X-Forwarded-For` that the last trusted proxy added. What stands left of it is the client's own
   * word, and not read.
   * @param peer who is connected
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    const said = forwardedFor?.split(",") ?? [];
    let client = peer;
    while (this.has(client)) {
      const next = addressOf(said.pop() ?? "");
      if (next === undefined) return client;
      client = next;
    }
    return client;
  }
}

/** @throws RangeError */
function readRange(range: string) {
  const [address = "", length, ...rest] = range.split("/");
  const plain = plainAddress(address);
  if (plain === undefined || rest.length > 0) throw new RangeError(`${range} is no address`);
  const most = isIPv6(plain) ? 128 : 32;
  const bits = length === undefined ? most : Number(length);
  const isLength = length === undefined || /^\d{1,3}$/.test(length);
  if (!isLength || bits > most) throw new RangeError(`${range} is no network`);
  return { address: plain, bits, family: familyOf(plain) };
}

const familyOf = (address: string): "ipv4" | "ipv6" => (isIPv6(address) ? "ipv6" : "ipv4");

/** Some proxies add the port. */
function addressOf(entry: string): string | undefined {
  const text = entry.trim();
  const [, inside] = /^\[([^\]]+)\](?::\d+)?$/.exec(text) ?? [];
  const [, before] = /^([\d.]+):\d+$/.exec(text) ?? [];
  return plainAddress(inside ?? before ?? text);
}

/** IPv4 that comes as IPv6 (`::ffff:192.0.2.1`) as IPv4; without a zone. @returns undefined for what is no address */
function plainAddress(address: string): string | undefined {
  const [text = ""] = address.split("%", 1);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1] ?? text;
  return isIP(mapped) === 0 ? undefined : mapped;
}

/** Those who share one allowance, of so many addresses. */
export interface AddressGroup {
  readonly name: string;
  readonly addresses: number;
}

/** Of IPv6, by length of the prefix. A site with a /48 is rarely one household, but may be one; it gets no more than four of them. */
const prefixes = [
  { bits: 48, addresses: 4 },
  { bits: 56, addresses: 1 },
] as const;

/**
 * Whom a connection counts with, the widest group first: one address of IPv4; of IPv6 the /56 that a household gets (RFC 6177 section 2,
 * RIPE-690 section 4.2), in which it has 256 networks and as many addresses as it likes, and the /48 around it.
 */
export function addressGroups(address: string): readonly AddressGroup[] {
  const plain = plainAddress(address) ?? address;
  if (!isIPv6(plain)) return [{ name: plain, addresses: 1 }];
  // A URL writes every address in one way (RFC 5952).
  const [head = "", tail] = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split("::");
  const parts = (text: string): string[] => (text === "" ? [] : text.split(":"));
  const before = parts(head);
  const after = parts(tail ?? "");
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => "0");
  const network = [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((part) => part.padStart(4, "0"))
    .join("");
  return prefixes.map(({ bits, addresses }) => ({
    name: `${network.slice(0, bits / 4)}/${bits}`,
    addresses,
  }));
}
