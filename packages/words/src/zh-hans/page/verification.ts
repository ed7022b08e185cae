/** 验证的内容、警告及其说明。 */
import type { PageTexts } from "../../page-texts.ts";
import { say } from "../say.ts";

export const verification: PageTexts["verification"] = {
  meaning: {
    webauthn: "此浏览器和服务器都无法读出私钥。",
    pkcs11: "密钥保存在卡或令牌中，用 PIN 打开。它确为卡或令牌，仅为对方终端所说。",
    software: "保存在文件中的密钥。复制了该文件并知道其口令的人，可以此人的名义签名。",
  },
  pinUnknown: "未知：卡和令牌在打开时要求输入 PIN，但不会为此签名",
  pinChecked: "已由设备检查",
  pinNotAsked: "没有要求",
  anchor: {
    server: "您的浏览器检查了其签名。该机构值得信任，仅为服务器所说。",
    terminal: "您信任该机构，本终端检查了它的签名。",
  },
  firstTime: (userId) => say`您以前没有见过此密钥。服务器表示这是 ${userId}；请确认就是您所想的人。`,
  firstTimeCertified: (issuer, subject) => say`您以前没有见过此密钥。${issuer} 证明它属于 ${subject}。`,
  firstTimeByServer: (issuer, subject) =>
    say`您以前没有见过此密钥。${issuer} 证明它属于 ${subject}；该机构值得信任仅为服务器所说，因此请确认就是您所想的人。`,
  verified: "已验证",
  softwareKey: "软件密钥",
  certifiedBy: (issuer) => say`由 ${issuer} 认证`,
  firstSeen: "首次见到",
  behind: (name) => say`。${name}：验证的依据`,
  device: "设备",
  certificate: "证书",
  certificateFacts: (subject, issuer, until) => say`颁发给 ${subject}，由 ${issuer} 认证，有效期至 ${until}`,
  touched: "触碰时间",
  signed: "签名时间",
  forThisCall: (time) => say`${time}，仅用于此通话`,
  pin: "PIN 或指纹",
  key: "密钥",
  keyNew: "首次见到",
  keyKnown: "此浏览器以前见过的密钥",
  makeSure: "请确认是此人：可以询问，或核对通话的安全码。",
  recovered: "已恢复",
  recoveredBy: (userId, on) => say`由管理员 ${userId} 于 ${on} 恢复`,
  recoveredText: "其以前的设备已丢失。这一点会一直显示。",
  ownKeyTitle: "此浏览器此前认识的是您的另一个密钥",
  ownKeyText: (userId) =>
    say`您以 ${userId} 登录所用的设备，与此处所知的不同。如果您有新设备，则一切正常。否则，有人重新注册了您的用户 ID：请告知服务器运营者。`,
  answeredYours: (names) => say`${names} 正在加入您的通话。请留在通话中。`,
  keyIsKnown: (userId) => say`从现在起以 ${userId} 的新密钥为准。您可以重试。`,
  iKnow: (userId) => say`我知道 ${userId} 有新设备`,
  keyIsTrusted: (userId) => say`已信任 ${userId} 的新密钥。`,
  trustText: (key, userId) => say`此后，此浏览器会把持有密钥 ${key} 的人认作 ${userId}，不再警告。`,
  iAsked: (userId) => say`我已通过此服务器以外的途径询问过 ${userId}`,
  trust: (userId) => say`信任 ${userId} 的新密钥`,
  noticedAt: (time) => say`于 ${time} 发现`,
  refusedAt: (time) => say`于 ${time} 拒绝`,
  advice: {
    keyChanged: {
      title: "某人的密钥与您所知的不同",
      steps: [
        "可能无害：旧的安全密钥丢失后换了新的。",
        "也可能是有人在服务器的协助下冒充此人。",
        "请通过其他途径（当面或电话）询问对方是否换了设备。",
      ],
    },
    comparedRecovered: {
      title: "您的当面核对已失效",
      steps: [
        "现在代表此人的设备由管理员担保，而不是由您核对过的设备担保。",
        "其标记不再显示您当面核对过。",
        "见面时请重新核对。在此之前，此人与您从未核对过的人一样。",
      ],
    },
    otherThanCompared: {
      title: "这不是您当面核对过的人",
      steps: [
        "此处不接受任何以此人名义的内容：呼叫和接听都不接受。",
        "也可能是有人在服务器的协助下冒充此人。",
        "对方是否重新开始，并当面告诉了您？如果是，请在联系人中其卡片上撤回核对，然后重新核对。",
      ],
    },
    rejectedMember: {
      title: "有人无法通过验证",
      steps: [
        "本终端已立即离开，此后通话中的话不会传到这里，也不会从这里发出。",
        "请与您认识的人重新开始。如果再次出现，则不应信任该服务器。",
      ],
    },
    framesStopped: {
      title: "您的声音已停止",
      steps: ["Signet 不会发送任何未加密的内容。", "请离开后重新加入，或换用其他浏览器。"],
    },
    badEntry: { title: "服务器的目录无法通过验证", steps: ["请通过此服务器以外的途径告知服务器运营者。"] },
    certificateMissing: {
      title: "缺少证书",
      steps: ["服务器可能在隐瞒证书已过期或被吊销。", "请通过其他途径向对方核实，并告知服务器运营者。"],
    },
    administratorUnknown: {
      title: "服务器显示了另一位管理员",
      steps: ["可能无害：服务器运营者增加了人手。", "也可能是服务器想为您认识的人引入它自己的设备。"],
    },
    administratorLapsed: {
      title: "一位管理员所依据的授权已失效",
      steps: [
        "可能无害：任命或恢复该管理员的人此后已离任，或换了设备。",
        "也可能是已不再担任管理员的人，想为您认识的人引入自己的设备。",
      ],
    },
  },
};
