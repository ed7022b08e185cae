/** 连接服务器、登录和注册的错误。 */
import type { SomeErrors } from "../catalogue.ts";

const update = "请重新加载页面，或更新终端";
const tellOperator = "请告知服务器运营者";

export const connectionErrors = {
  "protocol.badJson": ["消息不是所要求格式的 JSON", update],
  "protocol.badMessage": ["消息不符合规定的格式", update],
  "protocol.unknownType": ["服务器不认识这种消息", update],
  "protocol.tooLarge": ["消息超过了服务器接受的大小", update],
  "protocol.tooFast": ["短时间内消息太多", "请稍等后重试"],
  "protocol.askedTooMuch": ["您在一分钟内向服务器请求的次数超过了上限", "请等一分钟后重试"],
  "protocol.tooManyConnections": ["服务器的连接数已达上限", "请稍后重试"],
  "protocol.helloTimeout": ["终端没有及时向服务器说明自己", "请重新加载页面"],
  "protocol.signInTimeout": ["几分钟内没有人在此登录，因此服务器断开了连接", "需要时会重新连接"],
  "protocol.helloRequired": ["终端必须先向服务器说明自己", "请重新加载页面"],
  "protocol.helloRepeated": ["终端已经向服务器说明过自己", update],
  "protocol.version": ["终端与服务器的版本不一致", "请更新终端，或重新加载页面"],
  "auth.signInRequired": ["本终端没有人登录", "请用签名设备登录"],
  "auth.alreadySignedIn": ["本终端已经登录", "请先退出登录"],
  "auth.terminalInUse": ["另一个连接正在使用此终端 ID", "请重新加载页面"],
  "auth.terminalUnproven": ["终端没有证明自己持有其密钥", update],
  "auth.bindingGone": ["您在本终端上的登录已失效", "请触碰设备以重新登录"],
  "registration.closed": ["此服务器不接受新的用户 ID", "请联系服务器运营者"],
  "registration.inviteRequired": ["此服务器需要邀请码", "请向服务器运营者索取"],
  "registration.administratorInvite": [
    "此用户 ID 属于管理员，需要邀请码",
    "请在运行服务器的计算机上用 `signet invite` 生成邀请码",
  ],
  "registration.inviteInvalid": ["邀请码无效，或已经用过", "请索取新的邀请码"],
  "registration.badUserId": [
    "新的用户 ID 由 2 到 32 个小写字母、数字、点、_ 或 - 组成，并以字母或数字开头和结尾",
    "请另选一个",
  ],
  "registration.badName": ["此显示名称不可用：名称太长，或含有看不见的内容", "请另选一个"],
  "registration.userTaken": ["此用户 ID 已被占用", "请另选一个"],
  "registration.deviceTaken": ["此设备已用另一个用户 ID 注册", "请用那个用户 ID 登录，或使用其他设备"],
  "registration.attestation": ["无法验证设备的应答", "请重试，也可换用其他设备"],
  "user.unknown": ["此处没有人使用该用户 ID", "请检查拼写"],
  "connection.lost": ["与服务器的连接已断开", "Signet 会不断重试"],
  "connection.badAddress": ["这不是服务器地址", "地址应以 http:// 或 https:// 开头"],
  "connection.certificateExpired": [
    "服务器的证书已过期",
    "请服务器运营者更新证书；如果证书是新的，请检查此计算机的时钟",
  ],
  "connection.certificateNotYetValid": ["服务器的证书尚未生效", "请检查此计算机的时钟"],
  "connection.certificateOtherName": [
    "服务器证书上的名称与其地址中的名称不同",
    "请使用证书所对应的地址，或为此地址申请证书",
  ],
  "connection.certificateUntrusted": [
    "服务器的证书不是由此计算机所知的机构颁发",
    "如果是服务器自己的证书，请将它或其颁发机构的证书存入文件，并让 NODE_EXTRA_CA_CERTS 指向该文件",
  ],
  "connection.certificateRefused": ["服务器的证书被拒绝", tellOperator],
  "connection.timeout": ["服务器没有及时响应", "请重试"],
  "terminal.failed": [
    "Signet 自身在本端出现故障，服务器对此并不知情",
    "请重试；如果再次出现，请重新加载页面，并报告浏览器控制台中显示的内容",
  ],
  "server.internal": ["服务器出错，详情见其日志", "请重试"],
  "server.stopping": ["服务器正在重新启动", "Signet 会自动重新连接"],
  "server.otherOrigin": ["服务器自称的地址与您打开的地址不同，已被拒绝", "请打开它应有的地址"],
  "server.storage": ["服务器无法写入数据", tellOperator],
  "server.badTerms": ["服务器给出的限制、时间或自身地址无法使用，已被拒绝", tellOperator],
  "server.tooOld": [
    "服务器的版本比本终端旧，两者无法互通",
    "请服务器运营者更新服务器，或使用服务器自带的终端",
  ],
} as const satisfies SomeErrors;
