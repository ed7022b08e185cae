import { OwnAddress } from "../media/own-address.ts";
import type { System } from "../system.ts";

/** Of the looks without anything new: before, it is a moment; after, the address would be known to be gone. */
const firstQuietLook = 2;
const lastQuietLook = 12;
/**
 * As long as Chromium's list of addresses is of before, up to 2 s, it does not say that it is through: but sockets that cannot be bound any more are
 * not named, and those that can within some ms.
 */
const gatherWithinMs = 250;

/** Whether the address in use has left this machine, of which no page is told. */
export class AddressWatch {
  readonly #connection: RTCPeerConnection;
  readonly #after: System["after"];
  readonly #address = new OwnAddress();
  #packets: number | undefined;
  #quietLooks = 0;

  constructor(connection: RTCPeerConnection, after: System["after"]) {
    this.#connection = connection;
    this.#after = after;
  }

  /** To be asked again and again, at once when the connection stands. @param packets that came so far */
  async isGone(packets: number): Promise<boolean> {
    const isFirst = this.#packets === undefined;
    this.#quietLooks = packets === this.#packets ? this.#quietLooks + 1 : 0;
    this.#packets = packets;
    const isTime = this.#quietLooks >= firstQuietLook && this.#quietLooks <= lastQuietLook;
    if (!isFirst && !isTime) return false;
    try {
      const own = await ownAddresses(this.#after);
      return own !== undefined && this.#address.isGone(addressInUse(this.#connection), own);
    } catch {
      // Then it is known by what does not come, as ever.
      return false;
    }
  }
}

/** By the name that the browser has for it, if need be: the statistics leave it out then. Undefined where the browser does not tell, as Firefox. */
function addressInUse(connection: RTCPeerConnection): string | undefined {
  const transport = connection.getReceivers()[0]?.transport?.iceTransport;
  return transport?.getSelectedCandidatePair?.()?.local?.address ?? undefined;
}

/**
 * Those to which a socket can be bound, as a connection names them that is made for nothing else, and sends nothing.
 * @returns undefined where none is named in time
 */
async function ownAddresses(after: System["after"]): Promise<ReadonlySet<string> | undefined> {
  const probe = new RTCPeerConnection();
  try {
    probe.createDataChannel("");
    const found = new Set<string>();
    const gathered = new Promise<void>((resolve) =>
      probe.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate === null) resolve();
        // For TCP nothing is bound before it is used.
        else if (candidate.address !== null && candidate.protocol === "udp") found.add(candidate.address);
      }),
    );
    await probe.setLocalDescription();
    const isThrough = await Promise.race([
      gathered.then(() => true),
      new Promise<false>((resolve) => void after(gatherWithinMs, () => resolve(false))),
    ]);
    return isThrough || found.size > 0 ? found : undefined;
  } finally {
    probe.close();
  }
}
