/** 已结束的通话。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const history: PageTexts["history"] = {
  title: "通话记录",
  empty: "还没有通话。您呼叫过的人和呼叫过您的人会显示在这里。",
  to: "呼出：",
  from: "来电：",
  unknownId: "无人使用的用户 ID",
  isNew: "新",
  more: (n) => say`再显示 ${n} 个通话`,
  clear: "清空通话记录",
  clearTitle: "要清空通话记录吗？",
  clearText: "到目前为止的所有通话都会从您的所有终端上删除，无法撤销。",
  keepIt: "保留",
  isCleared: "通话记录已清空。",
};
