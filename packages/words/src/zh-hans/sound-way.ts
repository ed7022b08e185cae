import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const soundWay: Catalogue["soundWay"] = {
  by: {
    udp: "通过 UDP 直达服务器",
    relayUdp: "通过 UDP 经由中继",
    relayTcp: "通过 TCP 经由中继",
    relayTls: "通过 TLS 经由中继",
  },
  roundTrip: (ms) => say`往返 ${ms} ms`,
  lost: (percent) => say`丢失 ${percent}%`,
  jitter: (ms) => say`抖动 ${ms} ms`,
  advice: {
    lossy: "途中丢失较多：请靠近接入点、使用网线，或换用其他网络",
    slow: "网络较慢：请停止占用网络的其他程序，或换用其他网络",
    relayed: "此处 UDP 无法通过；在允许 UDP 的网络中声音更稳定",
  },
  poor: {
    tag: "网络不佳",
    own: {
      happened: "您的网络不佳：您和其他人的话可能有缺失",
      next: "请靠近接入点、使用网线，或换用其他网络",
    },
    ofOther: (name) => ({
      happened: say`${name} 的网络不佳：与其他人之间的话可能有缺失`,
      next: "对方也会收到提示，问题不在您的网络",
    }),
    over: "您的网络已好转",
    overOfOther: (name) => say`${name} 的网络已好转`,
  },
};
