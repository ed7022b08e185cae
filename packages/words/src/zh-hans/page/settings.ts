/** 一次设定的内容。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const settings: PageTexts["settings"] = {
  open: "设置",
  title: "设置",
  back: "返回",
  sections: "分类",
  titles: {
    profile: "您",
    devices: "您的设备",
    everywhere: "在您的所有终端上",
    sound: "声音",
    notifications: "有人呼叫时",
    privacy: "隐私",
    language: "语言",
    app: "作为应用",
    server: "此服务器",
  },
  othersSee: "您呼叫他人或他人呼叫您时，他们看到的您是这样：",
  provenBy: (device) => say`每次通话都由您的${device}证明`,
  idStays: "他人通过用户 ID 联系您。它保持不变；其上方的名称可以更改。",
  whenClosedHint:
    "只要此页面打开且您已登录，就会显示来电，并按您的选择响铃。页面关闭时，浏览器的通知服务会得知有人呼叫，但不会得知是谁呼叫、呼叫谁。",
  quiet: "不响铃",
  doNotDisturb: "勿扰：来电仅显示，不响铃",
  quietHours: "每天的安静时段",
  from: "从",
  until: "至",
  noHours: "开始与结束相同：这样没有安静时段。",
  favouritesRing: "收藏的联系人仍然响铃",
  theseRing: "这些人仍然响铃",
  ringAllTheSame: (names) => say`${names} 随时都会响铃。`,
  mostExceptions: (n) => say`此处最多可列出 ${n} 人。`,
  keepExceptions: "保存",
  quietHint:
    "在您的所有终端上生效，以各终端的时钟为准。呼叫您的人不会得知：他们看到的是正在响铃。页面关闭时通知仍会出现：浏览器此时不知道这些设置。页面打开但未显示时，不会出现通知。",
  isQuiet: "勿扰：来电仅显示，不响铃。",
  isQuietUntil: (time) => say`安静时段至 ${time}：来电仅显示，不响铃。`,
  disturbMe: "恢复响铃",
  kept: {
    inBrowser: {
      title: "此浏览器中保存的内容",
      points: [
        "在此登录过的用户 ID",
        "您遇到过的人及其密钥",
        "您的联系人、备注、通话记录和设置，所用的加密密钥由此浏览器保管且不会交出",
        "您在此处的选择（如语言和麦克风），以及页面本身的副本",
      ],
    },
    atServer: {
      title: "服务器上保存的内容",
      points: [
        "您的用户 ID、名称和设备的公钥，以及由谁签名：永久保存，因为他人凭这些认识您",
        "您没有任何终端在线时的未接来电：保存到您得知为止，且不超过服务器运营者选定的天数（未选定时为 7 天，最多 30 天）",
        "您的联系人、备注、通话记录和设置，已加密：服务器无法读取。但它仍会得知您的联系人是谁、通话记录中有谁：此页面会向它询问其中谁可以联系上、他们叫什么",
        "您屏蔽的人",
        "如果您允许过：用于告知您的浏览器有来电的地址",
      ],
    },
  },
  afterSignOut: "退出登录会保留此浏览器中的内容，以便您再次使用。把浏览器交给他人之前，请清除这些内容。",
  forget: "清除此浏览器中的所有内容",
  forgetTitle: "要清除此浏览器中的所有内容吗？",
  forgetText:
    "这会在此处退出登录，并永久删除此浏览器为 Signet 保存的所有内容。请先关闭此页面的其他标签页。您的设备和用户 ID 会保留；通行密钥请在系统设置中删除。",
  forgetWhom: (userIds) => say`这涉及在此登录过的所有人：${userIds}。`,
  forgetRisks: {
    onlyHere: "您的联系人、备注、通话记录和设置不在服务器上，或不全在：只在此处的内容会丢失。",
    noPhrase:
      "您没有恢复短语。此后，服务器上您的联系人、备注、通话记录和设置只能由已有这些内容的其他终端打开，或由能够打开它们的设备打开，而并非每个设备都能。请先生成恢复短语。",
    unknown:
      "无人登录，因此无法得知服务器上是否有他们的全部联系人、备注、通话记录和设置，也无法得知是否还有其他方式能打开。没有恢复短语时，这些内容可能会丢失。请先登录查看。",
  },
  forgetOtherTab: "Signet 在此浏览器的另一个标签页中打开着，该标签页会继续保存这些内容。请先关闭它。",
  forgetOffline: "没有连接：服务器不会得知您在此处退出登录，在登录到期之前仍视您为已登录。",
  forgetting: "正在清除此浏览器中的所有内容……",
  forgetIt: "清除",
  languageHint: "在此浏览器中立即生效，通话中也一样。",
  address: "地址",
  newPeople: "新用户",
  registration: {
    open: "任何人都可以注册",
    invite: "需要管理员或服务器运营者给出的邀请码",
    closed: "目前无人可以注册",
  },
  callsHere: "一次通话",
  mostInCall: (n) => say`最多 ${n} 人`,
  serverSees:
    "服务器运营者能看到谁在何时与谁通话、时长多久，以及来自哪些网络地址；还能看到此页面询问了谁：您的联系人和通话记录中的人。他们听不到通话内容。",
};
