/** 关于通话中的加密发言和表决的错误。 */
import type { SomeErrors } from "../catalogue.ts";

export const resolutionErrors = {
  "word.counter": ["Signet 险些以相同方式加密两条发言，已停止", "请离开通话后重新加入，并报告此问题"],
  "word.gap": ["通话中有一条发言没有到达这里", "请询问其他人内容是什么，并比对安全码"],
  "word.notOffered": ["此服务器不转发加密发言，因此通话中无法表决", "请让服务器运营者更新"],
  "word.notSigned": ["通话中有人冒用他人名义发言，已被拒绝", "请询问其他人说过什么，以及可能是谁"],
  "word.otherOrder": [
    "服务器向通话中其他人显示的发言或其顺序与这里不同",
    "请勿相信此后的表决，并询问服务器运营者",
  ],
  "word.tooMany": ["短时间内通话中的发言太多", "请等一分钟后重试"],
  "word.unreadable": ["通话中有一条发言在这里无法读取", "请询问其他人内容是什么；需要表决的可以重新提出"],

  "resolution.badRule": [
    "决议需要通话中至少一人、至多全部人员批准，或最多 256 位指定的人批准；访客不能批准",
    "请用合适的人数或人员重新提出",
  ],
  "resolution.badText": ["决议须为 1 到 4,000 个字符的文本，或有名称的文件", "请缩短文本，或提出文件"],
  "resolution.closed": ["此决议已有结果或已撤回，不再接受表决", "如仍需要，请重新提出"],
  "resolution.decided": ["此人已对此决议表决，以第一次为准", "如需更改，请重新提出"],
  "resolution.guest": ["访客没有能证明身份的设备，因此不能提出或批准决议", "请让通话中有设备的人来操作"],
  "resolution.malformed": ["一项决议或与之有关的发言格式不正确", "请提出者重新提出"],
  "resolution.noCertificate": [
    "此设备没有证书，无法对文档签名，因此什么都没有签名",
    "请不提供文件直接批准，或用该密钥的证书登录",
  ],
  "resolution.notAsked": ["此决议不需要此人批准", "请提出者在另一项决议中指定此人"],
  "resolution.notProposer": ["只有提出者可以撤回决议", "请否决，或请提出者撤回"],
  "resolution.notShown": ["决议没有完整显示，因此没有签名", "请先读到末尾"],
  "resolution.numberTaken": ["此人以同一编号提出了两项决议", "请先问清是哪一项，再作批准"],
  "resolution.otherCall": ["此决议属于另一次通话，已被拒绝", "请提出者在此通话中提出"],
  "resolution.otherDocument": [
    "此文件不是决议所指的文件，因此什么都没有签名",
    "请提供所提出的原文件，或向提出者索取",
  ],
  "resolution.otherKey": [
    "随批准而来的文档签名（CMS）与批准本身的密钥或时间不同，已被拒绝；批准仍然有效",
    "请批准者提供其本人的文档签名",
  ],
  "resolution.otherPeople": [
    "一项需全体批准的决议所列的人与提出时通话中的人不符，已被拒绝",
    "请提出者重新提出",
  ],
  "resolution.otherPerson": ["这条关于决议的发言并非出自所称之人，已被拒绝", "请询问其他人的决定"],
  "resolution.otherText": ["所批准的内容与这里在此编号下显示的文本不同", "请互相朗读，并重新提出"],
  "resolution.tooMany": ["一次通话中的决议已达上限", "请在另一次通话中表决"],
  "resolution.unknown": ["这里没有这项决议", "请提出者重新提出"],
} as const satisfies SomeErrors;
