import { networkInterfaces } from "node:os";

/** Whether the address by which the audio goes has left this machine: neither ICE nor the library notices that. */
export class OwnAddress {
  /** The last one in use that was one of this machine: behind some networks that cannot be told of any. */
  #known: string | undefined;

  /** @param address in use now; undefined while that is not known */
  isGone(address: string | undefined, own: ReadonlySet<string> = ownAddresses()): boolean {
    if (address === undefined) return false;
    if (!own.has(address)) return address === this.#known;
    this.#known = address;
    return false;
  }
}

const ownAddresses = (): ReadonlySet<string> =>
  new Set(
    Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? []),
  );
