/** 向通话中的人提出的决议及其结果。 */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const resolutions: Catalogue["resolutions"] = {
  states: {
    open: "待表决",
    adopted: "已通过",
    rejected: "已否决",
    withdrawn: "已撤回",
    lapsed: "通话结束前未有结果",
  },
  all: (count) => say`需要当时通话中的全部 ${count} 人批准`,
  some: (needed, count) => say`需要当时通话中 ${count} 人里的 ${needed} 人批准`,
  named: (names) => say`需要${names}批准`,
};
