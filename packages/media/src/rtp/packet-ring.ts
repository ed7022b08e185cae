/** At 50 packets a second ten seconds: longer than any receiver still asks. A power of two, so that a mask finds the place. */
export const ringPackets = 512;

/** Opus with SFrame is 80-200 bytes; larger packets are kept apart. Larger wastes memory on each sender (512 of them). */
const cellBytes = 256;

/**
 * The last {@link ringPackets} packets of one stream, by extended sequence number. Packets are copied into one block,
 * since thousands of small buffers that live ten seconds cost the garbage collector more than the copy.
 */
export class PacketRing {
  readonly #cells = Buffer.allocUnsafeSlow(ringPackets * cellBytes);
  readonly #keys = new Float64Array(ringPackets).fill(-1);
  readonly #lengths = new Uint16Array(ringPackets);
  readonly #large = new Map<number, Buffer>();

  /** @returns false when the packet is there already or is older than what the ring holds */
  put(extendedSequence: number, packet: Buffer): boolean {
    const cell = extendedSequence % ringPackets;
    const held = this.#keys[cell] ?? -1;
    if (held >= extendedSequence) return false;
    if ((this.#lengths[cell] ?? 0) > cellBytes) this.#large.delete(cell);
    this.#keys[cell] = extendedSequence;
    this.#lengths[cell] = packet.length;
    if (packet.length > cellBytes) this.#large.set(cell, Buffer.from(packet));
    else this.#cells.set(packet, cell * cellBytes);
    return true;
  }

  /** @returns a view that is valid until the next `put`, or undefined when the packet is not held */
  get(extendedSequence: number): Buffer | undefined {
    const cell = extendedSequence % ringPackets;
    if (extendedSequence < 0 || this.#keys[cell] !== extendedSequence) return undefined;
    const length = this.#lengths[cell] ?? 0;
    return length > cellBytes
      ? this.#large.get(cell)
      : this.#cells.subarray(cell * cellBytes, cell * cellBytes + length);
  }
}
