/** Whether the address by which the audio goes has left this machine: ICE does not notice that for long, and no library or browser says it. */
export class OwnAddress {
  /** The last one in use that was one of this machine: behind some networks that cannot be told of any. */
  #known: string | undefined;

  /**
   * @param address in use now; undefined while that is not known
   * @param own those of this machine
   */
  isGone(address: string | undefined, own: ReadonlySet<string>): boolean {
    if (address === undefined) return false;
    if (!own.has(address)) return address === this.#known;
    this.#known = address;
    return false;
  }
}
