/** 随身的加密文档的错误：联系人、通话记录和设置。 */
import type { SomeErrors } from "../catalogue.ts";
import { say } from "./say.ts";

const stays = "本终端上的内容保持不变";
const explain = "请询问服务器运营者，在查明原因之前请勿信任此服务器";

export const documentErrors = {
  "document.altered": [
    "您的加密联系人、通话记录和设置在传输中被改动或截断，或者并不属于您，因此没有打开",
    say`${stays}；${explain}`,
  ],
  "document.badMaker": [
    "收到的联系人、通话记录和设置，加密所用的密钥没有得到您任何设备的担保，或者是已被取代的旧密钥",
    say`${stays}；${explain}`,
  ],
  "document.badPhrase": [
    "这不是有效的恢复短语：其 28 个字母和数字中有缺失或输错",
    "请按记录的内容，四个一组、共七组输入",
  ],
  "document.badTerminalKey": [
    "另一个终端作为密钥给出的内容并不是密钥，因此没有为其加密任何内容",
    "请在那里重新开始；如果再次出现，在查明原因之前请勿信任此服务器",
  ],
  "document.badValue": [
    "无法保存：备注、名称或设置太长，或为空",
    "请缩短：备注最多 1,000 个字符，群组名称最多 64 个字符",
  ],
  "document.forked": ["服务器以同一编号给出了与之前不同的联系人、通话记录和设置", say`${stays}；${explain}`],
  "document.full": ["您的列表中没有空间容纳更多的人或群组", "请先移除一些"],
  "document.malformed": ["打开的内容不是联系人、通话记录和设置", say`请更新您所有终端上的 Signet；${stays}`],
  "document.missing": [
    "服务器曾保存您的联系人、通话记录和设置，现在却表示没有",
    say`${stays}；请询问服务器运营者其数据出了什么问题`,
  ],
  "document.newer": [
    "您的联系人、通话记录和设置由更新版本的 Signet 写入",
    "请更新本终端；在此之前其内容保持不变",
  ],
  "document.notOffered": [
    "此服务器不为您保存联系人、通话记录和设置：它们只留在本终端上",
    "请服务器运营者更新服务器",
  ],
  "document.old": [
    "服务器给出的联系人、通话记录和设置比本终端见过的更旧",
    say`${stays}；请询问服务器运营者是否从备份恢复过数据`,
  ],
  "document.otherKey": [
    "您的联系人、通话记录和设置用本终端没有的密钥加密",
    "请在您的另一个终端上批准本终端，或输入恢复短语",
  ],
  "document.otherUser": [
    "服务器给出的加密文档属于其他人或另一台服务器，而不是您的",
    say`${stays}；${explain}`,
  ],
  "document.outrun": ["您的另一个终端在同一时刻更改了您的联系人、通话记录或设置", "没有丢失任何内容，请重试"],
  "document.tooLarge": ["您的联系人和设置合起来超出了可为您保存的容量", "请缩短备注，或移除一些人"],
  "document.wrongSecret": [
    "无法用此设备或恢复短语打开您的联系人、通话记录和设置的密钥",
    "请使用属于此用户 ID 的设备或恢复短语",
  ],
} as const satisfies SomeErrors;
