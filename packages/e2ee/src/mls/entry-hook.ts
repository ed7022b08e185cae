import { type ErrorCode } from "@signet/protocol";

import { type GroupMember } from "./roster.ts";

/**
 * Asked of whoever comes into the group by the Commit of somebody else or by their own from outside, where no leaf of theirs was in it before, and
 * only once the credential hook accepted them: an Add can be made of an answer that its maker was shown long ago, or nobody else ever was.
 * @returns why they may not come in
 */
export type EntryHook = (entering: Omit<GroupMember, "leaf">) => ErrorCode | undefined;
