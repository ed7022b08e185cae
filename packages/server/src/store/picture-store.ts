import type { Bytes, ProofIn, UserId } from "@signet/protocol";

export interface StoredPicture {
  readonly userId: UserId;
  readonly picture: Bytes;
  /** Over its digest. */
  readonly proof: ProofIn;
}

/** Pictures that people chose of themselves: one each, and nothing of those before. */
export interface PictureStore {
  /** Of those who have one; not what was chosen since they blocked the asker, who is not to hear of it. */
  of(askerId: UserId, userIds: readonly UserId[]): Promise<readonly StoredPicture[]>;
  put(picture: StoredPicture): Promise<void>;
  delete(userId: UserId): Promise<void>;
}
