/** 服务器对自身的说明。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const aboutServer: PageTexts["aboutServer"] = {
  administers: "管理员",
  nobody: "未指定任何人",
  afterSignIn: "登录后告知",
  software: "程序",
  untold: "服务器没有告知",
  missedCalls: "未接来电",
  keptDays: (days) =>
    days === 0 ? "不保存，语音留言也不保存" : say`您没有终端在线时，保存 ${days} 天；语音留言的保存期相同`,
  closedPages: "已关闭的页面",
  wakes: "可以得知有人呼叫",
  wakesNot: "不会得知任何来电：此服务器已关闭该功能",
  withoutUdp: "没有 UDP 的网络",
  relays: "由服务器转发通话",
  relaysNot: "没有声音：此服务器已关闭转发",
  echo: "回声",
  echoRuns: (userId) => say`${userId} 会应答并回放您说的话`,
  echoAway: (userId) => say`已指定 ${userId}，但目前不在线`,
  echoUntold: (userId) => say`已指定 ${userId}；是否在线会在您登录并连接后告知`,
  noEcho: "无：此处没有人应答并回放您说的话",
  itsWord:
    "以上均为服务器对自身的说明，没有人为其签名。您通过地址识别服务器，浏览器通过该地址的证书识别它。其日志的密钥可以与他人核对：看到另一个密钥的人，看到的也是另一份设备记录。您通过对方的设备识别对方。",
};
