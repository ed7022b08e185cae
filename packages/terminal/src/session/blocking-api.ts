import type { UserId } from "@signet/protocol";

/**
 * Whom the person does not want to hear of (docs/decisions/068-blocking.md): their calls do not ring, are kept nowhere, and end for them as calls to
 * somebody who is away. Each throws SignetError `block.off` where the server does not do that.
 */
export interface BlockingApi {
  /** In the order in which they were blocked. */
  list(): Promise<readonly UserId[]>;
  /** Also a user ID that nobody has so far. @throws SignetError `block.tooMany` */
  block(userId: UserId): Promise<void>;
  unblock(userId: UserId): Promise<void>;
}
