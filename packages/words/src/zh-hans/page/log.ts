/** 服务器的设备日志不再被信任时。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const log: PageTexts["log"] = {
  title: "设备日志",
  signedBy: (key) => say`由 ${key} 签名`,
  none: "不保留：它所显示的他人设备只是它自己的说法",
  notBelieved: "已不再被信任",
  save: "保存所保留的证据",
  fileOf: (n) => say`signet-evidence-${String(n)}.json`,
  saveHint:
    "服务器签署的两个彼此不符的检查点。拿到此文件的人可以判断它们是否证明服务器说了谎：在“验证文件”页面上，或用 `signet verify`。",
  iKnowWhy: "我知道原因：重新开始",
  trustText: (key) =>
    say`此后，此浏览器按密钥 ${key} 信任服务器当前的日志。此前被隐藏或替换的内容（例如某人已撤销的设备）将再也无法察觉。`,
  trustNone:
    "此后，此浏览器在没有日志的情况下信任服务器所显示的内容。除了当面核对，再也没有人能察觉它隐藏或替换了什么。",
  iAsked: "我已通过此服务器以外的途径询问过其运营者，并知道原因",
  begin: "以此日志重新开始",
  begun: "此浏览器以服务器的日志重新开始。",
};
