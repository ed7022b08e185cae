/** 验证文件的页面。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const verifying: PageTexts["verifying"] = {
  title: "验证文件",
  documentTitle: "验证文件 - Signet",
  intro:
    "通话记录、决议，或对服务器不利的证据：查看其中的签名证明了什么。无需登录，任何内容都不会离开此浏览器；没有网络也可以使用。",
  choose: "选择文件",
  drop: "或将文件拖到此处",
  more: "您从别处得知的内容",
  logKey: "服务器日志的密钥",
  logKeyHint: "由服务器运营者通过其他途径告诉您，每行一个。没有它，就只有文件说明哪个密钥属于该服务器。",
  badLogKey: "这不是日志的密钥：其形式如 calls.example.org/log+1a2b3c4d+AS...",
  anchors: "您信任的机构的证书",
  anchorsHint: "PEM 格式，用于设备带有证书的人的记录。",
  anchorsTaken: (count) => say`已采用的证书：${count}`,
  results: "文件证明了什么",
  verifying: "正在验证…",
  result: (file, verdict) => say`${file}：${verdict}`,
  print: "打印",
  toSignet: "前往 Signet",
  link: "验证文件",
};
