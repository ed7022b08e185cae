/** 指向联系人的链接。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const links: PageTexts["links"] = {
  title: "您是通过链接打开的",
  pressFirst: "在您按下按钮之前，不会呼叫任何人。链接指向谁，由制作链接的人决定。",
  listed: "在您的联系人中",
  fromDevice: "不在您的联系人中。此名称由对方的设备签名。链接不能证明对方就是您要找的人。",
  isYou: "这是您自己。",
  offline: "没有连接：请在恢复连接后呼叫。",
  odd: "您打开的链接不指向任何人：其中的内容不是用户 ID。请重新索取链接或用户 ID。",
  signInFirst: (names) =>
    say`您打开的链接指向 ${names}。要呼叫，您需要此服务器上的用户 ID。链接指向的人会保留在这里：之后按一次即可呼叫。`,
  haveId: "如果您已有：请在下方输入，并用属于它的设备登录。",
  newHere: {
    open: "如果您初次使用：请在下方创建。只需安全密钥，或此设备或手机上的通行密钥。",
    invite:
      "如果您初次使用：请在下方创建。需要安全密钥，或此设备或手机上的通行密钥，以及服务器运营者给您的邀请码。",
    closed: "如果您初次使用：此服务器不接受新用户。请询问服务器运营者，或通过其他途径联系给您链接的人。",
  },
  afterCall: (names) => say`您打开的链接指向 ${names}。此通话结束后可以呼叫。`,
  own: "您的链接",
  ownHint: "打开此链接的人会来到此服务器，您的用户 ID 已准备好，按下按钮即可呼叫您。",
  copy: "复制链接",
  share: "分享",
  showCode: "显示二维码",
  hideCode: "隐藏二维码",
  code: "您的链接的二维码",
  isCopied: "已复制。",
  notCopied: "浏览器不允许复制：请选中链接后自行复制。",
};
