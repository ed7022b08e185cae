/** 通话中各人的状态，以及不再参加通话的原因。 */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const memberStates = {
  ringing: ["正在响铃", "正在响铃"],
  joining: ["正在加入", "正在加入"],
  joined: ["通话中", "已加入"],
  declined: ["已拒接", "拒接了"],
  noAnswer: ["无应答", "没有接听"],
  offline: ["不在线", "不在线"],
  unknown: ["没有此用户 ID", "不是此服务器上的用户 ID"],
  busy: ["忙线中", "忙线中"],
  failed: ["无法验证此通话", "无法验证此通话"],
  left: ["已离开", "离开了"],
  removed: ["已被移出通话", "被移出了通话"],
  refused: ["未获准进入：签名未通过验证", "未获准进入：签名未通过验证"],
} as const satisfies Catalogue["memberStates"];

export const reconnecting = "正在重新连接";

export const revokedInGroup = "设备已被吊销，但群组中仍有其密钥";

export const waiting = "正在另一个通话中，您的呼叫在等待";

export const failedForTime = [
  "无法验证此通话：时钟不一致",
  "无法验证此通话：对方的时钟与此处的时钟相差超过两分钟",
] as const satisfies Catalogue["failedForTime"];

const by = (isBehind: boolean): string => (isBehind ? "慢" : "快");

export const counterBack = ((device) => [
  say`您的设备 ${device} 已签名，但其计数器没有比上次更高：可能存在它的副本`,
  "如果您没有从备份恢复过该设备，请将其吊销并换用其他设备",
]) satisfies Catalogue["counterBack"];

export const otherViews = {
  "log.otherView": (name) => [
    say`服务器向 ${name} 出示的目录与向您出示的不同`,
    "请勿信任此服务器：二者之中必有一个是假的，其日志为双方所签署的内容已保留",
  ],
  "log.unsignedView": (name) => [
    say`${name} 就服务器目录所签署的内容并非出自向您出示的日志：要么服务器向对方出示了另一个目录，要么是对方编造的`,
    "请通过此服务器以外的方式询问对方，服务器向其出示了什么",
  ],
} as const satisfies Catalogue["otherViews"];

export const clockFaults = {
  own: (name, off, isBehind) => [
    say`${name} 的呼叫没有在此处响铃：本终端的时钟比对方的${by(isBehind)} ${off}，而服务器的时钟与对方一致`,
    "请校准此时钟：在此之前，呼叫不会在此处响铃",
  ],
  theirs: (name, off, isBehind) => [
    say`${name} 的呼叫没有在此处响铃：对方的时钟比此处的${by(isBehind)} ${off}，而服务器的时钟与此处一致${
      isBehind ? "；也可能是有人重放了旧的呼叫" : ""
    }`,
    "请告诉对方校准时钟：在此之前，对方的呼叫不会在此处响铃",
  ],
} as const satisfies Catalogue["clockFaults"];

export const leaveReasons = {
  left: ["已离开", "离开了"],
  lost: ["连接断开", "离开了：连接断开"],
  takenOver: ["已转到其他终端", "转到了其他终端"],
  released: ["已退出登录", "退出了登录"],
  expired: ["登录已到期", "离开了：登录已到期"],
  revoked: ["设备已被吊销", "离开了：设备已被吊销"],
  unsafe: ["为安全起见已离开", "为安全起见离开了"],
  deviceRemoved: ["设备已拔出", "离开了：设备已拔出"],
  pageGone: ["页面已关闭或重新加载", "关闭或重新加载了页面"],
  // 移出他人这件事没有人签名。
  badCommit: [
    "据服务器所说，被其他人移出",
    "被移出了：据服务器所说，其他人无法接受此人的终端对群组所做的变更，或对此的说明",
  ],
} as const satisfies Catalogue["leaveReasons"];

export const signedOut = {
  takenOver: ["您的设备已在另一个终端上使用，现在呼叫会在那里响铃", "如需再次在此处接听，请在此处登录"],
  released: ["本终端已退出登录，对您用户 ID 的呼叫不再在此处响铃", "如需再次接听，请登录"],
  expired: ["登录经过一段时间后已到期", "请触碰您的设备以继续"],
  revoked: [
    "您登录所用的签名设备已被吊销，不再有效",
    "请用您的其他设备登录；如果不是您吊销的，请告知服务器运营者",
  ],
  deviceRemoved: ["签名设备已拔出", "请插入设备并登录，以便再次接听"],
  forgotten: [
    "服务器已不知道这次登录：在本终端断开期间，您的设备在别处使用过，或服务器丢失了数据",
    "请重新登录",
  ],
} as const satisfies Catalogue["signedOut"];
