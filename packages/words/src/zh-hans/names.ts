/** 人的名称。 */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const nameFaults = {
  empty: "至少要有一个字符",
  long: "最多 64 个字符",
  edges: "开头和结尾不能是空格",
  hidden: "含有看不见的字符，或会改变其他字符显示方式的字符",
  invisible: "其中没有可见的内容",
  marks: "一个字母上的附加符号多得无法辨认，或附加符号没有依附的字母",
  joiner: "在没有字母或表情符号需要之处含有连接符",
} as const satisfies Catalogue["nameFaults"];

export const looksLike = ((userId) => say`看起来像 ${userId}，但是另一个人`) satisfies Catalogue["looksLike"];
