/** 各人的设备所签名的内容。 */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

const revokedAs = {
  lost: "已丢失",
  stolen: "被盗",
  replaced: "由其他设备替代",
  ended: "不再使用",
} as const;

export const histories: Catalogue["histories"] = {
  ofOthers: {
    deviceAdded: ({ device, kind, name, on, signer }) =>
      say`${name} 于 ${on} 添加了设备：${device}（${kind}），由${signer}签名`,
    deviceNamed: ({ device, name, on, signer }) =>
      say`${name} 于 ${on} 将一个设备命名为 ${device}，由${signer}签名`,
    deviceRevoked: ({ device, name, on, signer, why }) =>
      say`${name} 的设备 ${device} 于 ${on} 被吊销：${revokedAs[why]}，不再有效，由${signer}签名`,
    certified: ({ device, name, on }) => say`${name} 自 ${on} 起对 ${device} 使用新证书`,
    renamed: ({ displayName, name, on, signer }) =>
      say`${name} 自 ${on} 起使用名称“${displayName}”，由${signer}签名`,
    recovered: ({ device, kind, name, on, signer }) =>
      say`${name} 于 ${on} 由${signer}恢复，使用新设备：${device}（${kind}）；以前的设备不再有效`,
    appointed: ({ name, on, signer }) => say`${name} 自 ${on} 起是此服务器的管理员，由${signer}签名`,
    dismissed: ({ name, on, signer }) => say`${name} 自 ${on} 起不再是此服务器的管理员，由${signer}签名`,
  },
  ofOneself: {
    deviceAdded: ({ device, kind, on, signer }) =>
      say`您的设备于 ${on} 增加了一个：${device}（${kind}），由${signer}签名`,
    deviceNamed: ({ device, on, signer }) => say`您的一个设备于 ${on} 被命名为 ${device}，由${signer}签名`,
    deviceRevoked: ({ device, on, signer, why }) =>
      say`您的设备 ${device} 于 ${on} 被吊销：${revokedAs[why]}，不再有效，由${signer}签名`,
    certified: ({ device, on }) => say`您的设备 ${device} 自 ${on} 起使用新证书`,
    renamed: ({ displayName, on, signer }) => say`您的名称于 ${on} 改为“${displayName}”，由${signer}签名`,
    recovered: ({ device, kind, on, signer }) =>
      say`您于 ${on} 由${signer}恢复，使用新设备：${device}（${kind}）；您以前的设备不再有效`,
    appointed: ({ on, signer }) => say`您自 ${on} 起是此服务器的管理员，由${signer}签名`,
    dismissed: ({ on, signer }) => say`您自 ${on} 起不再是此服务器的管理员，由${signer}签名`,
  },
  device: {
    /** 只有它可以没有名称。 */
    first: { ofOthers: "其第一个设备", ofOneself: "您的第一个设备" },
    named: (name) => say`“${name}”`,
    registeredWith: "注册时所用的设备",
    signer: { ofOthers: (name) => say`其“${name}”`, ofOneself: (name) => say`您的“${name}”` },
    administrator: (userId) => say`管理员 ${userId}`,
  },
};
