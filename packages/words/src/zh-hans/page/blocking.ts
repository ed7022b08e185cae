/** 不想接到其来电的人。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const blocking: PageTexts["blocking"] = {
  block: (name) => say`屏蔽 ${name}`,
  blockIt: "屏蔽",
  unblock: (name) => say`取消屏蔽 ${name}`,
  unblockIt: "取消屏蔽",
  blocked: "已被您屏蔽",
  youBlock: (name) => say`您屏蔽了 ${name}：对方的来电不会响铃。`,
  title: (name) => say`要屏蔽 ${name} 吗？`,
  declineAndBlock: "拒接并屏蔽",
  declineTitle: (name) => say`要拒接并屏蔽 ${name} 吗？`,
  declineFirst: "此来电会被拒接，对方会看到您已拒接。",
  whatItDoes:
    "被屏蔽者的来电不会在您的任何终端上响铃，也不会记为未接来电，其语音留言也不会送达您。对方不会得知：在对方看来，您就像不在线一样。",
  whatItDoesNot:
    "拦下这些来电的是服务器，因此它会得知您屏蔽了谁。不守规矩的服务器仍然可以让它们响铃。对方换用另一个用户 ID 就是另一个人。与对方通话中的其他人仍然可以把您带入通话。",
  listTitle: "您屏蔽的人",
  nobody: "您没有屏蔽任何人。",
  offline: "没有连接：此处不知道您屏蔽了谁。",
  fromWhere: "可以在联系人中、通话记录中或对方来电时屏蔽某人。",
  isBlockedNow: (name) => say`您现在屏蔽了 ${name}。`,
  isUnblockedNow: (name) => say`您不再屏蔽 ${name}。`,
  peopleOfCall: "此通话中的人",
  moreOfCall: (names) => say`与 ${names} 通话的详情`,
};
