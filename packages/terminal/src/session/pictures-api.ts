import type { Bytes, UserId } from "@signet/protocol";

/**
 * Small pictures that people chose of themselves (docs/decisions/074-pictures.md). They say nothing of who somebody is: whoever shows one shows the user ID
 * and what was verified as without it. Each throws SignetError `picture.off` where the server keeps none.
 */
export interface PicturesApi {
  /** In the place of the one before: one touch. @param picture as `isPicture` has it @throws SignetError `picture.unfit`, `device.*` */
  choose(picture: Bytes, signal?: AbortSignal): Promise<void>;
  remove(): Promise<void>;
  /**
   * As a device of theirs that counts signed it, of those who were met here before. Whoever chose none, or of whom it cannot be verified, is
   * left out.
   */
  of(userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, Bytes>>;
  /** Hears of whom something else is known by now: what was given of them is to be asked for again. @returns ends it */
  watch(listener: (userId: UserId) => void): () => void;
}
