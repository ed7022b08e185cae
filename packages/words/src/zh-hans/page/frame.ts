/** 页眉、标题栏、连接状态和语言选择。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const frame: PageTexts["frame"] = {
  signedInAs: (userId) => say`已登录为 ${userId}`,
  signedIn: "已登录为",
  signOut: "退出登录",
  signOutTitle: "要退出登录并离开通话吗？",
  signOutText: "通话会在您离开后继续。如要返回，您需要触碰设备两次：一次登录，一次加入。",
  stayInCall: "留在通话中",
  signOutAndLeave: "退出登录并离开",
  language: "语言（Language）",
  languageOfBrowser: (name) => say`与浏览器一致：${name}`,
  noConnection: "没有连接",
  connecting: "正在连接服务器",
  clockTitle: "您的时钟不准",
  clockBehind: (off) =>
    say`您的时钟比服务器慢 ${off}，而签名只在正确的时间有效：在校准之前，您无法登录、呼叫或接听。请校准此设备的时钟。`,
  clockAhead: (off) =>
    say`您的时钟比服务器快 ${off}，而签名只在正确的时间有效：在校准之前，您无法登录、呼叫或接听。请校准此设备的时钟。`,
  tryingAgain: "正在重试",
  nextTry: (seconds) => say`${seconds} 秒后重试`,
  notAnsweredYet: "服务器尚未响应。",
  unreachable: (host) => say`${host} 没有响应。请检查地址、您的网络，以及服务器是否在运行。`,
  notSignet: (host) =>
    say`在 ${host} 响应的不是 Signet 服务器，或只是其中一部分。请打开服务器运营者给您的地址。`,
  noWebSocket: (host) =>
    say`服务器有响应，但无法建立通话所需的连接：服务器前面的代理必须转发 ${host}/ws 的 WebSocket（Upgrade）。请告知服务器运营者。`,
  titleCalls: (name) => say`${name} 来电 - Signet`,
  titleCalling: "正在呼叫 - Signet",
  titleInCall: "通话中 - Signet",
  titleOffline: "没有连接 - Signet",
  titleMissed: (n) => say`(${n}) Signet`,
  notHere: "此浏览器无法使用",
  missing: (what) =>
    say`此浏览器缺少${what}，或已将其关闭。没有它，您无法在此处呼叫或接听。请使用最新版本的 Chromium 或 Firefox。`,
  webRtc: "用于通话的 WebRTC",
  encodedTransforms: "用于端到端加密的编码转换（encoded transforms）",
  webAuthn: "用于安全密钥和通行密钥的 WebAuthn",
  doesNotRun: "Signet 无法在此处运行",
  yourDevices: "您的设备",
  newsOf: (userId) => say`${userId} 的消息`,
  revokeUnknown: "如果不是您所为，请吊销您不认识的设备。",
  closeAboutYours: "关闭关于您设备的消息",
  closeAbout: (userId) => say`关闭关于 ${userId} 的消息`,
  undo: "撤销",
};
