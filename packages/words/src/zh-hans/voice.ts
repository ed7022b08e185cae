import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

/** 声音未能证实出自其名下的人；不含姓名。 */
export const voiceErrors = {
  "voice.forged": [
    "通话中有人冒用他人名义说话",
    "暂不播放以此名义发出的声音；请通过其他途径向对方重新确认刚才约定的内容",
  ],
  "voice.unproven": [
    "无法证实这是谁的声音：对方终端对其发言的签名没有送达",
    "签名送达之前不会播放；问题可能出在对方的连接",
  ],
  "voice.unchecked": [
    "目前无法证实这是谁的声音：与服务器的连接过慢或已中断",
    "声音仍会播放；得到证实之前，请勿据此约定任何事",
  ],
  "voice.unprovable": [
    "此声音未经证实：对方终端不对发言签名，或此服务器不转送签名",
    "请更新到较新的版本，并请服务器运营者更新；在此之前通话中的其他人可能冒用其名义说话",
  ],
} as const;

export const voice: Catalogue["voice"] = {
  tags: { forged: "被冒充", unproven: "未经证实", unchecked: "目前未经证实", unprovable: "声音未经证实" },
  forged: (name) => ({
    happened: say`通话中有人冒用 ${name} 的名义说话：收到的声音与对方终端所签名的不符`,
    next: say`暂不播放 ${name} 的声音；请通过其他途径向对方重新确认刚才约定的内容`,
  }),
  unproven: (name) => ({
    happened: say`无法证实这是 ${name}：对方终端对其发言的签名没有送达`,
    next: "签名送达之前不会播放；问题可能出在对方的连接",
  }),
  unchecked: (name) => ({
    happened: say`目前无法证实这是 ${name}：与服务器的连接过慢或已中断`,
    next: "声音仍会播放；得到证实之前，请勿据此约定任何事",
  }),
  unprovable: (name) => ({
    happened: say`${name} 的声音未经证实：对方终端不对发言签名，或此服务器不转送签名`,
    next: "在双方都更新版本之前，通话中的其他人可能冒用其名义说话",
  }),
  over: (name) => say`${name} 的声音已重新得到证实，并恢复播放`,
};
