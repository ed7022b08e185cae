/** 每个命令的一行说明。 */
import type { CommandLineTexts } from "../../command-line-texts.ts";

export const summaries: CommandLineTexts["summaries"] = {
  serve: "运行服务器",
  invite: "输出一次性邀请码，每个可供一人创建用户 ID",
  backup: "将服务器的数据复制到文件，运行中也可以",
  restore: "用备份替换服务器的数据",
  completion: "输出 bash、zsh 或 fish 的补全脚本",
  manual: "输出手册页",
  register: "为签名设备注册用户 ID",
  signIn: "登录并保持：呼叫在此处响铃，用按键接听",
  call: "呼叫他人，通话结束时退出",
  answer: "接听正在响铃或下一个来电，直到通话结束",
  move: "在此处继续您在另一个终端上的通话",
  listen: "按规则依次接听来电，直到停止",
  missed: "列出没有送达您任何终端的来电",
  release: "结束您在任何地方的登录：此后不会在任何地方响铃",
  rename: "更改其他人在您的用户 ID 旁看到的名称",
  keys: "列出、添加、命名和吊销您的签名设备",
  admin: "供管理员使用：恢复用户、吊销密钥、生成邀请码",
  devices: "列出文件和令牌中的密钥，以及声音程序",
  doctor: "检查计算机、服务器、密钥和声音，并说明如何修复",
};
