import { OwnAddress } from "../media/own-address.ts";
import type { System } from "../system.ts";

/** Of the looks without anything new: before, it is a moment; after, the address would be known to be gone. */
const firstQuietLook = 2;
const lastQuietLook = 12;
/** Addresses are named at once; a browser that does not say when it is through says nothing. */
const gatherWithinMs = 500;

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

/** As a connection names them that is made for nothing else, and sends nothing. @returns undefined where they are not named in time */
async function ownAddresses(after: System["after"]): Promise<ReadonlySet<string> | undefined> {
  const probe = new RTCPeerConnection();
  try {
    probe.createDataChannel("");
    const found = new Set<string>();
    const gathered = new Promise<ReadonlySet<string>>((resolve) =>
      probe.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate === null) resolve(found);
        else if (candidate.address !== null) found.add(candidate.address);
      }),
    );
    await probe.setLocalDescription();
    const late = new Promise<undefined>((resolve) => void after(gatherWithinMs, () => resolve(undefined)));
    return await Promise.race([gathered, late]);
  } finally {
    probe.close();
  }
}
