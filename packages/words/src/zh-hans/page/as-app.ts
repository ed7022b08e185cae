/** 作为系统中的应用。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const asApp: PageTexts["asApp"] = {
  isInstalled: "Signet 正作为此系统中的应用运行。",
  mayInstall: "您的浏览器可以将 Signet 安装为应用，有自己的图标和窗口。",
  howInstall:
    "Signet 可以出现在您的应用中。在 iPhone 或 iPad 上：点按“分享”，再点按“添加到主屏幕”。在其他浏览器中，菜单里可能有“安装”或“添加到主屏幕”；有些浏览器不支持。",
  install: "安装 Signet",
  linksTitle: "以 web+signet: 开头的链接",
  linksText: "您的浏览器可以用此页面打开这种链接。链接中没有服务器：它指向此服务器上具有该用户 ID 的人。",
  openLinks: "在此打开这种链接",
  linksAsked: "如果浏览器以前没有问过，现在会询问您。您的回答不会告知此页面。",
  linksRefused: "您的浏览器在此拒绝这样做。",
  offlineAndNewer: "没有连接时也能打开。新版本在通话之间载入，绝不在通话中载入。",
  showKept: (userId) => say`显示 ${userId} 的联系人和通话`,
  keptTitle: (userId) => say`${userId} 的联系人和通话`,
  keptText: "由此浏览器保存。恢复连接后登录即可呼叫。",
  nothingKept: "此浏览器没有保存这些内容。",
  hideKept: "隐藏",
};
