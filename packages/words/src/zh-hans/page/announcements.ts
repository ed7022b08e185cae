/** 屏幕阅读器读出的变化。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const announcements: PageTexts["announcements"] = {
  calls: (name, userId) => say`${name} 来电，用户 ID ${userId}，已验证。`,
  missed: (name, when) => say`${name} 曾于 ${when} 来电，已验证。您未接听。`,
  connectedAgain: "已重新连接服务器。",
  elsewhere: "您正在另一个终端上通话。可以将其转移到此处。",
  callOver: (how) => say`通话结束。${how}`,
  named: (name, what) => say`${name}：${what}。`,
  backAgain: (name) => say`${name} 回来了。`,
  muted: "麦克风已静音。",
  unmuted: "麦克风已开启。",
  noMicrophone: "没有人能听到您：没有麦克风。",
  soundFailed: "声音连接失败。",
  soundRestarts: (text) => say`您的声音正在重新开始。${text}`,
  soundBack: "声音已恢复。",
  inGroupUnverified: (name) => say`${name}：在群组中，未验证。`,
  joined: (name) => say`${name} 已加入，已验证。`,
  didWhat: (name, what) => say`${name} ${what}。`,
  removed: (name, state, by) => say`${name}：${state}，${by}。`,
  addedBy: (name, by) => say`${name}：由 ${by} 添加。`,
  addedByYou: (name) => say`${name}：由您添加。`,
  youAreHost: "您现在是主持人。",
  isHost: (name) => say`${name} 现在是主持人。`,
};
