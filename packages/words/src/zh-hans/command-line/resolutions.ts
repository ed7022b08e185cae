/** 向通话中的人提出的决议（文本行）。 */
import type { CommandLineTexts } from "../../command-line-texts.ts";
import { say } from "../say.ts";

export const resolutions: CommandLineTexts["resolutions"] = {
  resolution: (number, by, what) => say`决议 ${number}（由 ${by} 提出）：${what}`,
  approved: (names) => say`${names} 已批准`,
  rejected: (names) => say`${names} 已否决`,
  missing: (names) => say`${names} 未决定`,
  cms: (names) => say`${names} 已对文档本身签名（CMS）`,
  cmsUncertified: (userId, why) => say`${userId}（其证书在此不被认可：${why}）`,
  approvalSigns: {
    text: "批准时还会用您的证书对文本本身签名（CMS），多一次签名；用 --without-cms 可不签",
    file: "如 --document 指定了该文件，批准时还会用您的证书对文件本身签名（CMS）；否则只有批准",
  },
  about: (userId, what) => say`关于 ${userId}：${what}`,
  unread: (names) => say`版本较旧、无法阅读决议的人：${names}`,
  proposalWaits: (names) => say`等被呼叫的人都到齐后再提出，还在等：${names}`,
  saved: (file) => say`已将与决议有关的签名内容保存到 ${file}`,
  keptBy: (names) => say`${names} 正在保存此通话的记录`,
  recordSaved: (file) => say`已将通话记录写入 ${file}；用 \`signet verify\` 可查看它能证明什么`,
  recordNotSaved: (file) => say`无法将通话记录写入 ${file}`,
  notSaved: (file) => say`无法将决议写入 ${file}`,
  documentNotRead: (file) => say`无法读取 ${file}，因此未批准`,
  notRead: (file) => say`无法读取 ${file}，因此未提出`,
};
