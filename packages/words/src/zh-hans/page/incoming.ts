/** 来电。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const incoming: PageTexts["incoming"] = {
  notificationTitle: (name) => say`${name} 来电`,
  notificationBody: (userId) => say`已验证为 ${userId}。请在 Signet 中接听。`,
  somebodyCalls: "有人呼叫您",
  openAndTouch: "请打开 Signet 并触碰您的设备：来电会在那里响铃。",
  title: "来电",
  moreRing: (n) => say`同时还有 ${n} 人来电。`,
  touchIn: "它的签名让您进入。",
  answer: "接听",
  ringsFor: (seconds) => say`接听需要触碰您的设备。还会响铃 ${seconds} 秒。`,
  quiet: "仅显示，不响铃：您已设为勿扰。对方看到的是正在响铃。",
  silently: "正在静音响铃：浏览器要在您点击此页面之后才会播放声音。",
  isCalling: (name) => say`${name} 正在呼叫您`,
  waitsBringOrSwitch:
    "对方知道您在通话中，会等一会儿。触碰一次设备，即可将对方带入此通话，或让您进入对方的通话；后者会使您离开当前通话。",
  waitsSwitch: "对方知道您在通话中，会等一会儿。触碰一次设备，即可进入对方的通话；您会随之离开当前通话。",
  intoTheirs: "触碰一次设备，即可进入对方的通话；您进入后，您自己的通话随即结束。",
  bringIn: "带入此通话",
  leaveAndAnswer: "离开并接听",
  join: (name) => say`加入 ${name}`,
  touchBringIn: (name) => say`对方接听后，它的签名将 ${name} 带入此通话。`,
  touchTheirs: (name) => say`它的签名让您进入 ${name} 的通话。`,
  addYou: (name) => say`对方邀请您加入 ${name} 发起的通话。`,
  inTheCall: (names) => say`通话中：${names}`,
  alsoInvited: (names) => say`同时受邀：${names}`,
};
