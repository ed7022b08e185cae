/** 密钥历史的错误：关于某人设备的陈述无效，或不得作出。 */
import type { SomeErrors } from "../catalogue.ts";
import { say } from "./say.ts";

const doNotTrust = "在查明原因之前，请勿信任此服务器";
const loadAgain = "请重新加载设备列表";

export const historyErrors = {
  "history.administrator": [
    "对某人设备的一次变更由本终端不承认的管理员作出，已被拒绝",
    "如果此处正在询问您是否接受新的管理员，请先作出决定；否则在查明原因之前，请勿信任此服务器",
  ],
  "history.appointed": ["此人已被任命为管理员", "无需再做任何事"],
  "history.certificates": ["证书与设备签名时的不同，已被拒绝", "请用智能卡或令牌重新登录"],
  "history.deviceRevoked": ["此签名设备已被吊销，不再有效", "请使用您的其他设备，或联系管理员"],
  "history.deviceTaken": ["此签名设备现在或曾经属于此人", "请换用其他设备；已吊销的设备不能恢复使用"],
  "history.deviceUnknown": [
    "签名的设备不属于此人，已被拒绝",
    "请用此用户 ID 的设备签名；如果您没有签过名，在查明原因之前，请勿信任此服务器",
  ],
  "history.dismissed": ["此人的管理员身份已被免去", "无需再做任何事"],
  "history.full": ["此人设备的变更次数已达上限", "剩余的空间只用于吊销设备，以及供管理员使用"],
  "history.head": ["服务器显示的某人设备历史与其签名所依据的不同", doNotTrust],
  "history.lastDevice": [
    "这是您的最后一个设备，没有它就没有人能联系到您",
    "请先添加其他设备，或请管理员吊销这一个",
  ],
  "history.name": ["不能使用此名称", "请选择由 1 到 64 个可见字符组成的名称"],
  "history.newDevice": ["新设备与签名所指的设备不同，已被拒绝", "请备好两个设备，重新开始"],
  "history.previous": [
    "对某人设备的一次变更与前一次变更不衔接，已被拒绝",
    say`${loadAgain}；如果再次出现，${doNotTrust}`,
  ],
  "history.proofs": ["对某人设备的一次变更缺少签名，或带有不属于它的签名，已被拒绝", doNotTrust],
  "history.revokedDevice": ["没有可吊销的这样一个设备，或它已被吊销", loadAgain],
  "history.sequence": [
    "对某人设备的一次变更不是下一次变更，已被拒绝",
    say`${loadAgain}；如果再次出现，${doNotTrust}`,
  ],
  "history.shortened": [
    "服务器隐瞒了以前显示过的某人设备：可能有设备已被吊销或添加",
    "在服务器运营者说明原因之前，请勿在此处呼叫或接听此人",
  ],
  "history.tooManyDevices": ["此人的设备数量已达上限", "请先吊销一个"],
} as const satisfies SomeErrors;
