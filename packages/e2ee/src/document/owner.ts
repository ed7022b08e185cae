import { encodeFields, type Bytes, type UserId, utf8 } from "@signet/protocol";

/** Whose document it is: one user ID at one server. */
export interface DocumentOwner {
  readonly serverOrigin: string;
  readonly userId: UserId;
}

/** What something is for, so that nothing made for one purpose or person serves another. */
export const purpose = (label: string, { serverOrigin, userId }: DocumentOwner, ...more: Bytes[]): Bytes =>
  encodeFields([utf8(`signet/document/${label}`), utf8(serverOrigin), utf8(userId), ...more]);
