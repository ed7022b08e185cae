/** 签名证明的错误：所签的内容无效。 */
import type { SomeErrors } from "../catalogue.ts";

const doNotGoOn = "在查明原因之前请勿继续：请通过其他途径向对方核实";

export const proofErrors = {
  "proof.malformed": ["无法读取签名消息", "请重试；如果再次出现，请重新加载页面"],
  "proof.purpose": ["该签名用于其他目的，已被拒绝", doNotGoOn],
  "proof.origin": ["该签名针对另一个服务器地址，已被拒绝", "请打开服务器所指的地址"],
  "proof.user": ["该签名所指的是另一个用户 ID，已被拒绝", doNotGoOn],
  "proof.device": ["此签名设备不属于该用户 ID", "请使用您注册时的设备"],
  "proof.challenge": ["该签名没有对应的待答质询（可能已经用过）", "请重试"],
  "proof.challengeExpired": ["触碰得太晚", "请重试"],
  "proof.terminal": ["该签名针对另一个终端，已被拒绝", doNotGoOn],
  "proof.terminalKey": ["该签名针对另一个终端密钥，已被拒绝", doNotGoOn],
  "proof.call": ["该签名针对另一个通话，已被拒绝", doNotGoOn],
  "proof.beforeLeave": [
    "该签名在此人离开通话之前作出，或由此后被调慢的时钟作出，已被拒绝",
    "请检查该终端的时钟；如果时钟准确，在查明原因之前请勿继续：请通过其他途径向对方核实",
  ],
  "proof.beforeStay": [
    "此处应答的签名早于此人在通话中所用的签名，或由走慢的时钟作出，因此没有取而代之",
    "请检查两个终端的时钟，然后再次转移通话",
  ],
  "proof.leafKey": ["该签名所指的群组密钥与出示的不同，已被拒绝", doNotGoOn],
  "proof.time": ["本终端与对方的时钟相差超过两分钟", "请校准时钟后重试"],
  "proof.lifetime": ["登录的有效时间超过了允许的长度，已被拒绝", "请校准时钟后重新登录"],
  "proof.expired": ["此签名所属的登录已结束", "请用您的设备重新登录"],
  "proof.signature": ["签名无效", "请用您的设备重试"],
  "proof.encoding": ["签名的编码不符合标准要求，已被拒绝", doNotGoOn],
  "proof.clientData": ["签名中浏览器的部分有问题，已被拒绝", doNotGoOn],
  "proof.rpId": ["签名设备是为另一个网站签的名，已被拒绝", doNotGoOn],
  "proof.userPresence": ["设备在没有被触碰的情况下签了名", "请在设备闪烁时触碰它"],
  "proof.userVerification": ["设备没有像注册时那样检查 PIN 或指纹", "请重试并输入"],
  "proof.signer": ["这必须由另一个密钥签名，已被拒绝", doNotGoOn],
  "proof.algorithm": ["设备使用的签名算法 Signet 不接受", "请使用其他设备"],
} as const satisfies SomeErrors;
