/** 当面核对。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const comparing: PageTexts["comparing"] = {
  open: "当面核对",
  again: "重新核对",
  title: (name) => say`与 ${name} 当面核对`,
  how: (name) =>
    say`请站在一起。${name} 也在其联系人中打开您的这一项。请互相读出代码，或让对方的相机打开此图。`,
  code: "双方的代码",
  qrLabel: "双方的代码，供对方的相机扫描",
  asking: "正在向服务器询问双方的密钥历史……",
  isSame: (name) => say`${name} 在我身边，其屏幕上显示的正是此代码`,
  isScanned: (name) => say`${name} 在我身边，此代码是我从其屏幕上扫描的`,
  scannedSame: "您打开的代码与此处相同。",
  scannedOther:
    "您打开的代码与此处不同。它可能是旧的或伪造的，也可能是其中一方此后更改了设备或姓名，或者服务器向您显示的历史与向对方显示的不同。",
  whenOther:
    "如果代码不同，可能有人在服务器的协助下介于你们之间。请不要确认，并告知服务器运营者。如果其中一方刚添加了设备，请关闭此项后再看一次。",
  mark: "相同",
  isMarked: (name) => say`您已与 ${name} 当面核对。`,
  comparedOn: (day) => say`您于 ${day} 当面核对过。`,
  badge: (day) => say`于 ${day} 当面核对`,
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
