/** 关于访客的错误：没有签名设备、凭通话中某人的担保参加一次通话的人。 */
import type { SomeErrors } from "../catalogue.ts";

export const guestErrors = {
  "guest.badName": [
    "访客的名字只能由文字、数字、空格、点、逗号、撇号、间隔号和连字符组成，最多 32 个字符",
    "请去掉其他符号",
  ],
  "guest.notAllowed": ["通话中的访客不能进行此操作", "请让通话中有签名设备的人来操作"],
  "guest.notHere": ["此访客已不在，因此没有让任何人进入", "请生成新链接，重新邀请"],
  "guest.notLetIn": ["主持人尚未让此访客进入通话", "请等待主持人同意"],
  "guest.notOffered": ["此服务器不允许访客参加通话", "请让服务器运营者以 --guests 启动"],
  "guest.otherVersions": [
    "通话中有人使用的版本不支持访客，或此刻没有连接",
    "请等所有人都以相同版本在线后再试",
  ],
  "guest.refused": ["没有让访客进入通话", "请询问邀请访客的人"],
  "guest.tooMany": ["访客或未使用的访客链接已达一次通话的上限", "请移出一位访客，或等待链接被使用或过期"],
  "guest.word": ["为访客签名的内容与其密钥和名字不符，已被拒绝", "请生成新链接，重新邀请"],
} as const satisfies SomeErrors;
