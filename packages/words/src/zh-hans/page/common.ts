/** 多处使用的文字。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const common: PageTexts["common"] = {
  cancel: "取消",
  close: "关闭",
  goOn: "继续",
  notNow: "暂不",
  tryAgain: "重试",
  retryNow: "立即重试",
  closeMessage: "关闭消息",
  you: "您",
  touch: "请触碰您的设备",
  touchSignedIn: "请触碰您登录所用的设备",
  userId: "用户 ID",
  askingServer: "正在询问服务器……",
  decline: "拒接",
  aboutWhom: (who) => say`涉及 ${who}。`,
  nameNeeded: "请起一个名称，以便区分您的设备。",
  nameRefused: (fault) => say`此名称不可用：${fault}`,
  noOneHasId: (ids) => say`此处没有人使用用户 ID ${ids}。请检查拼写。`,
  oddInUserId: (word, odd) => say`${word} 不是用户 ID：不能含有 ${odd}，只能使用 a 到 z、0 到 9 以及 . _ -`,
  lengthOfUserId: (word, length) =>
    say`${word} 不是用户 ID：用户 ID 有 2 到 32 个字符，而这里有 ${length} 个。`,
  ofUserId: (name, userId) => say`${userId} 的 ${name}`,
};
