/** Whom one does not want to hear of. */
import { say } from "../say.ts";

export const blocking = {
  block: (name: string) => say`Block ${name}`,
  blockIt: "Block",
  unblock: (name: string) => say`Unblock ${name}`,
  unblockIt: "Unblock",
  blocked: "blocked by you",
  youBlock: (name: string) => say`You block ${name}: their calls do not ring.`,
  title: (name: string) => say`Block ${name}?`,
  declineAndBlock: "Decline and block",
  declineTitle: (name: string) => say`Decline and block ${name}?`,
  declineFirst: "This call is declined, and they see that you declined it.",
  whatItDoes:
    "Calls of somebody whom you block ring at none of your terminals, and are not kept as missed; nor do their voice messages reach you. They are not told: to them it is as if you were away.",
  whatItDoesNot:
    "The server is what keeps these calls away, so it learns whom you block. One that does not do as it should lets them ring all the same. Under another user ID they are somebody else. Somebody else in a call with them can still bring you in.",
  listTitle: "Whom you block",
  nobody: "You block nobody.",
  offline: "There is no connection: it is not known here whom you block.",
  fromWhere: "Block somebody where they stand: among your people, in your history, or when they call.",
  isBlockedNow: (name: string) => say`You block ${name} now.`,
  isUnblockedNow: (name: string) => say`You block ${name} no more.`,
  peopleOfCall: "People in this call",
  moreOfCall: (names: string) => say`More about the call with ${names}`,
};
