/** `signet people` 和 `signet history`：属于本人、在其所有终端上相同的内容。 */
import type { CommandLineTexts } from "../../command-line-texts.ts";
import { say } from "../say.ts";

export const own: CommandLineTexts["own"] = {
  people: {
    summary: "列出您的联系人，添加、移除、写备注，以及屏蔽他人",
    about:
      "在此处登录，这会结束您在别处的登录，之后再释放：一次签名。您的联系人在您的所有终端上相同；不带动作时执行 list。note 会取代之前的备注，空备注则删除它。如果此终端没有打开它们的密钥，所写的内容只留在此处，并会说明。compare 显示一个代码，对方的终端也会显示：请当面互相读出或扫描；compare USER no 撤回核对。block 会拦下某人的来电，不在联系人中的人也可以：来电不会在任何地方响铃，也不会记为未接，对方看来您就像不在线。这由服务器来做，因此它会得知您屏蔽了谁。",
    what: (words) => say`signet people 不知道如何处理“${words}”`,
    verbs:
      "请给出 list、add USER、note USER TEXT、favourite USER [no]、remove USER、compare USER [no]、block USER、unblock USER、blocked 之一",
    notListed: (userId) => say`${userId} 不是您的联系人`,
    addFirst: (userId) => say`请用 \`signet people add ${userId}\` 添加`,
    favourite: "收藏",
    inGroups: (names) => say`在群组 ${names} 中`,
    note: (text) => say`备注：${text}`,
    comparisons: {
      holds: (on) => say`于 ${on} 当面核对过`,
      unknown: (on) => say`于 ${on} 当面核对过，目前未查看`,
      recovered: (on) => say`于 ${on} 当面核对过，已失效：此后有管理员恢复了此人`,
      other: (on) => say`于 ${on} 当面核对过，已拒绝：服务器显示的是另一份历史`,
      ownOther: (on) => say`于 ${on} 当面核对过，但依据的是您的另一份历史`,
    },
    comparison: (who, code) => say`与 ${who} 核对，您的代码为 ${code}`,
    isItTheSame: (name, userId) => say`${name} 在您身边，且其屏幕上显示的您与 ${userId} 的代码相同吗`,
    notCompared: (userId) => say`您没有回答 yes：${userId} 未标记为已核对`,
    whenOther: "如果代码不同，可能有人介于你们之间：请告知服务器运营者",
    unlisted: (userId) => say`已将 ${userId} 从联系人中移除`,
    blocked: (who) => say`已屏蔽 ${who}`,
    unblocked: (userId) => say`已取消屏蔽 ${userId}`,
  },
  messages: {
    summary: "列出来电者给您的语音留言，并可保存或删除",
    about:
      "在此登录（会结束您在别处的登录），随后注销：需要一次签名。每条留言都已验证确由来电者所留，并以加密形式保存在此处，直到您删除；删除时服务器上的也一并删除。ID 是列表中每行的开头。--save 写出的是 Ogg Opus，文件不能已存在。",
    whichOne: "没有说明要保存或删除哪条语音留言，或者没有说明要做什么",
    nameIt: "请给出列表中的一条，并加上 --save 或 --delete；两者都不用时不要给出",
    several: (start) => say`以 ${start} 开头的语音留言不止一条`,
    nameMore: "请多给出几位开头，完整的 ID 见 --json",
    of: (id, who, when) => say`${id}  ${who} 于 ${when} 的语音留言`,
    elsewhere: "是为您的其他终端加密的",
    isNew: "新",
    saved: (id, file) => say`语音留言 ${id} 已写入 ${file}`,
    deleted: (id) => say`语音留言 ${id} 已删除`,
    left: (userId, devices, days) =>
      say`服务器已收下给 ${userId} 的语音留言：保存 ${days} 天，对方可在此前用以下任一设备登录过的终端上听到：${devices}`,
  },
  history: {
    summary: "列出您所有终端上已结束的通话",
    about:
      "在此处登录，这会结束您在别处的登录，之后再释放：一次签名。最近的通话排在最后。每个通话都会说明验证了什么。",
    to: (when, who, what) => say`${when}  呼出至 ${who}：${what}`,
    from: (when, who, what) => say`${when}  来自 ${who}：${what}`,
    notVerified: "未验证",
    unknownId: "无人使用的用户 ID",
  },
};
