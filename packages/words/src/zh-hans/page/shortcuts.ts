/** 单独按下就起作用的按键。 */
import type { PageTexts } from "../../page-texts.ts";

export const shortcuts: PageTexts["shortcuts"] = {
  title: "键盘快捷键",
  places: { everywhere: "任何位置", home: "主页", settings: "设置", call: "通话中" },
  what: {
    list: "显示此列表",
    whomToCall: "输入要呼叫的人",
    settings: "打开设置",
    back: "返回",
    mute: "将麦克风静音或取消静音",
    talk: "静音时按住它，他人就能听到您",
  },
  space: "空格",
  wanted: "启用单键快捷键",
  notTyped: "您在输入文字或有问题等待回答时，快捷键不起作用。",
};
