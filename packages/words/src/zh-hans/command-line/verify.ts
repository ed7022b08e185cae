/** `signet verify`。 */
import type { CommandLineTexts } from "../../command-line-texts.ts";
import { say } from "../say.ts";

export const verify: CommandLineTexts["verify"] = {
  summary: "验证通话记录、决议或证据",
  about:
    "说明谁从何时到何时参加了通话、在其中批准了什么，以文件中的签名所能证明的为限；以及文件是否证明服务器说了谎。不打开任何连接。全部成立时退出码为 0，有不成立之处时为 5，证明服务器说谎时为 8。",
  logKey: "服务器日志的密钥，须由您从别处得知；可以多次给出",
  logKeyDefault: "文件中的密钥，并会说明",
  anchors: "您信任的机构的证书，PEM",
  oneFile: "需要一个要验证的文件",
  oneFileExample: "请写出它，例如 `signet verify signet-record.json`",
  verdict: (path, verdict) => say`${path}：${verdict}`,
  withNote: (heading, note) => say`${heading}（${note}）`,
  atPlace: (message, place) => say`${message}（${place}）`,
};
