/** 访客：邀请链接、门口，以及访客打开的页面。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const guests: PageTexts["guests"] = {
  invite: "邀请访客",
  inviteText: "访客没有签名设备，因此无法验证其身份。通话中的每个人都会看到这一点，以及是您邀请的。",
  making: "正在生成链接……",
  sendLink: "请把此链接发给对方：",
  tellCode: "并通过另一种方式（电话或当面）告诉对方此代码：",
  entered: "链接已打开，代码已输入。正在等待对方的名字……",
  askTitle: (called) => say`您愿意为${called}担保吗？`,
  askText:
    "这是对方自称的名字：没有人验证过，持有链接和代码的人可以填写任何名字。您的设备将签名表明是您邀请的，然后由主持人让其进入。",
  vouch: "担保",
  doNot: "不担保",
  touch: "您的设备将签名，表明您邀请此访客参加这次通话。",
  coming: "对方即将到达门口……",
  doorTitle: (called) => say`让${called}进入吗？`,
  doorWaits: (called) => say`${called}正在门口等待`,
  doorHost: "由主持人决定是否让其进入。",
  letIn: "让其进入",
  turnAway: "拒绝",
  pageTitle: "以访客身份参加通话",
  pageText: "通话中的某人邀请了您。您不需要帐户，也不需要设备。",
  name: "您的名字",
  nameHint: "每个人都会看到它，并看到您未经验证。",
  code: "您被告知的代码",
  codeHint: "八位字母和数字。",
  enter: "请求进入",
  wrongCode:
    "没有人在等待此代码。请逐字与您听到的代码核对。如果无误，说明链接和代码已被使用、已取消或已过期：请索取新的链接和代码。",
  badCode: "请输入您被告知的八位字母和数字。",
  noLink: "此链接不完整。请按收到的原样打开。",
  looking: "正在寻找通话……",
  asked: (by) => say`正在询问 ${by} 是否为您担保。请不要关闭此页面。`,
  atDoor: "正在请主持人让您进入。请不要关闭此页面。",
  youAre: (by) =>
    say`您在此是访客：其他人看到您未经验证。此页面首次遇到他们的设备，因此您只能凭 ${by} 的话知道他们是谁。`,
  over: "您已不在通话中",
  overText: "链接已失效。如需返回，请索取新链接。",
  putOut: "主持人已将您移出通话。",
};
