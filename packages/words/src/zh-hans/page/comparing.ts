/** 当面核对。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const comparing: PageTexts["comparing"] = {
  open: "当面核对",
  again: "重新核对",
  title: (name) => say`与 ${name} 当面核对`,
  what: (name) =>
    say`这样您就知道：服务器向您显示的确实是 ${name} 的设备，向 ${name} 显示的也确实是您的设备。`,
  how: {
    meet: (name) => say`请与 ${name} 见面，双方手边各有自己的终端。`,
    theirSide: (name) =>
      say`${name} 在其终端上打开您的名片：在其联系人中，点按您名称旁的三个点。如果您不在其联系人中，请对方先添加您。然后对方在该名片中也选择“当面核对”。`,
    read: "此时两个屏幕上应显示相同的代码。请互相读出，或让对方的相机打开此图。",
  },
  code: "双方的代码",
  qrLabel: "双方的代码，供对方的相机扫描",
  asking: "正在向服务器询问双方的密钥历史……",
  isSame: (name) => say`${name} 在我身边，其屏幕上显示的正是此代码`,
  isScanned: (name) => say`${name} 在我身边，此代码是我从其屏幕上扫描的`,
  scannedSame: "您扫描的代码与此处相同。",
  scannedOther:
    "您打开的代码与此处不同。它可能是旧的或伪造的，也可能是其中一方此后更改了设备或姓名，或者服务器向您显示的历史与向对方显示的不同。",
  whenOther:
    "代码不同吗？请不要标记为相同：可能有人在服务器的协助下介于你们之间。请告知服务器运营者。只有当其中一方刚添加了设备或更改了名称时：请双方都关闭此窗口，重新打开，再核对新的代码。",
  mark: "相同",
  isMarked: (name) => say`您已与 ${name} 当面核对。`,
  comparedOn: (day) => say`您于 ${day} 当面核对过。`,
  badge: (day) => say`于 ${day} 当面核对`,
  compared: "已当面核对",
  holdsNoMore: "核对不再有效",
  notLookedAt: (day) => say`您于 ${day} 当面核对过。服务器显示其历史之后，才能得知是否仍然有效。`,
  undone: (day, administrator, recoveredDay) =>
    say`您于 ${day} 当面核对过。核对已失效：管理员 ${administrator} 于 ${recoveredDay} 恢复了此人。`,
  refused: (day) => say`您于 ${day} 当面核对过，而服务器现在显示的是另一份历史。不接受任何以此人名义的内容。`,
  ownOther: (day) => say`您于 ${day} 当面核对过，当时服务器所知的您的历史与现在不同。请重新核对。`,
  takeBack: "撤回核对",
  takeBackTitle: (name) => say`要撤回与 ${name} 的核对吗？`,
  takeBackText:
    "只有在对方当面告诉您已重新开始时才这样做。此后，此页面会把服务器显示的历史当作对方的历史，如同您从未核对过。",
};
