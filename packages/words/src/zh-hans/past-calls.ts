/** 已结束的通话结果如何。 */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const pastCalls: Catalogue["pastCalls"] = {
  talked: (duration) => say`通话 ${duration}`,
  missed: "未接",
  youDeclined: "您已拒接",
  declined: "对方已拒接",
  notReached: "未接通",
  nobodyThere: "当时没有其他人",
  failed: "失败",
  verified: "已验证",
  verifiedAre: (who) => say`已验证：${who}`,
};
