/** 通话记录。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const record: PageTexts["record"] = {
  title: "此通话的记录",
  keep: "保存记录",
  keepHint: "其他人的终端会对通话中有谁签名，以便日后向不在场的人证明。他们会得知此事。其中不含声音。",
  keeping: "其他人会对通话中有谁签名，并得知您在保存记录。通话结束后可以保存文件。",
  keptBy: (names) => say`${names} 正在保存此通话的记录：您的终端会对通话中有谁签名。其中不含声音。`,
  otherEpoch: (names) => say`${names} 签名确认的通话成员与此处不同`,
  save: "保存记录文件",
  saveHint: "一个文件，包含所有签名内容：谁在何时以哪个设备参加了通话，以及批准了什么。其中不含声音。",
  saveHintUnkept:
    "一个文件，包含所有签名内容：谁呼叫、谁接听和离开、使用哪个设备。通话期间没有人保存记录，因此没有其他人对谁在场签名。",
};
