/** 访客：凡提到某人之处。 */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const guests: Catalogue["guests"] = {
  called: (name) => (name === "" ? "一位访客" : say`访客“${name}”`),
  mark: "未验证的访客",
  markBy: (inviter) => say`未验证，由 ${inviter} 邀请`,
  markByYou: "未验证，由您邀请",
  looksLike: "看起来像另一位访客，但是另一个人",
};
