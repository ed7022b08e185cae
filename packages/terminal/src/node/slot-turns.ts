import { extendSequence } from "@signet/media/peer";

/**
 * Gives the frames of one slot an index by which they are played. Within the turn of a sender that is its authenticated place; only
 * where a turn begins, behind those of others, is told by the RTP sequence number, and so by the server. Pure.
 */
export class SlotTurns {
  /** Extended. */
  #sequence = 0;
  #voice: number | undefined;
  /** Index minus place. */
  #shift = 0;

  /** @param sequence of RTP, 16 bits */
  indexOf(voice: number, place: number, sequence: number): number {
    this.#sequence = extendSequence(this.#sequence, sequence);
    if (voice !== this.#voice) {
      this.#voice = voice;
      this.#shift = this.#sequence - place;
    }
    return place + this.#shift;
  }
}
