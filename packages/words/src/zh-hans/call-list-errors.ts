/** 通话名单的错误：关于谁可以参加通话的陈述无效，或不得作出。 */
import type { SomeErrors } from "../catalogue.ts";

const askThem = "请向通话中的人询问原意";

export const callListErrors = {
  "callList.otherCall": ["一份关于谁可以参加通话的签名陈述属于另一个通话，已被拒绝", askThem],
  "callList.userIds": ["一份用于邀请或移除的名单没有列出任何人，或重复列出同一个人，已被拒绝", askThem],
  "callList.notMember": ["邀请者本人不在通话中，因此邀请被拒绝", "请让通话中的人来邀请"],
  "callList.notHost": ["只有通话的主持人可以移除他人，或指定新的主持人", "请让主持人来操作"],
  "callList.voided": ["一份移除陈述没有撤回对应的邀请，已被拒绝", askThem],
  "callList.missing": [
    "一份关于谁可以参加通话的签名陈述所依据的另一份陈述不在此处",
    "请等待其到达，或离开通话后重新加入",
  ],
  "callList.hostFork": ["同时有两个人被指定为主持人，两者都无效", "请指定其中一人为主持人"],
  "callList.nextHost": ["此人不能成为通话的主持人", "请指定在通话中的人"],
  "callList.removesHost": ["不能将主持人移出通话", "请先指定其他人为主持人"],
  "callList.tooManyPeople": ["人数超过了一次通话的上限", "请减少邀请的人数，或先移除一些人"],
  "callList.full": ["此通话中邀请和移除的次数已达上限", "请发起新的通话"],
  "callList.hidden": [
    "此处显示的通话缺少关于谁可以参加通话的某份签名陈述",
    "请发起新的通话，并询问服务器运营者",
  ],
  "callList.removed": ["主持人已将此用户 ID 移出通话", "请让通话中的人再次邀请您"],
} as const satisfies SomeErrors;
