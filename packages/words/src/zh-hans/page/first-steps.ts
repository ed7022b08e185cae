/** 通往第一次通话的步骤。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const firstSteps: PageTexts["firstSteps"] = {
  title: "入门步骤",
  done: "已完成：",
  signIn: (userId) => say`您已登录为 ${userId}：他人通过此 ID 联系您。`,
  sound: "听听自己的声音：在此浏览器中测试麦克风和扬声器，无需通话。",
  echo: (echo) => say`打一次电话：${echo} 会自动应答并回放您说的话。与每次通话一样，由您的触碰签名。`,
  echoAway: (echo) =>
    say`打一次电话：请继续下一步，呼叫您认识的人。此服务器指定回放您说的话的 ${echo} 目前不在线：服务器运营者可用命令 signet echo 启动它。`,
  hadCall: "您已有过第一次通话：由您呼叫，或由您接听。",
  noEcho: "打一次电话：此服务器没有自动应答的用户，请继续下一步，呼叫您认识的人。",
  person: "用对方告知的用户 ID 添加第一位联系人。",
  acts: { sound: "测试声音", call: "呼叫回声", person: "添加联系人" },
  allDone: "就是这样。您可以在这里呼叫您的联系人。",
  comesBack: "收起后可从帮助中重新打开。",
  putAway: "收起",
  showAgain: "在主页显示入门步骤",
};
