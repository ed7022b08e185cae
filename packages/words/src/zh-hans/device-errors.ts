/** 签名设备的错误：安全密钥、密钥文件、智能卡和令牌。 */
import type { SomeErrors } from "../catalogue.ts";

const replug = "请拔下后重新插入，然后重试";

export const deviceErrors = {
  "device.unsupported": [
    "此浏览器在此处无法使用安全密钥或通行密钥",
    "请用最新版本的浏览器，通过 HTTPS 或在 localhost 上打开页面",
  ],
  "device.cancelled": ["没有触碰设备，或不是已注册的设备", "请重试"],
  "device.alreadyRegistered": ["此设备已在此处注册", "请用它登录"],
  "device.notInBrowser": [
    "此用户 ID 使用智能卡、令牌或密钥文件，浏览器无法使用它们",
    "请在命令行上登录：signet sign-in",
  ],
  "device.counterBack": [
    "您的设备已签名，但其计数器没有比上次更高：可能存在它的副本",
    "如果您没有从备份恢复过该设备，请将其吊销并换用其他设备",
  ],
  "device.failed": ["签名设备出现故障", replug],
  "device.badAnswer": [
    "代替签名设备作出应答的程序没有给出可用的密钥或签名",
    "如果是密码管理器在询问您，请改由浏览器或安全密钥应答",
  ],
  "device.noAnswer": [
    "浏览器或其中的密码管理器超过一分钟没有应答",
    "请重试；如果仍没有提示触碰设备，请重新加载页面，或为此页面关闭密码管理器",
  ],
  "device.badPassphrase": ["口令错误，或密钥文件被改动过", "请重试，或使用该文件的备份"],
  "device.badKeyFile": [
    "这不是 Signet 能够读取的密钥文件",
    "请使用 Signet 生成的文件或其备份；如果由更新的版本生成，请更新此版本",
  ],
  "device.pkcs11Missing": [
    "此处无法使用令牌：没有安装可选软件包 pkcs11js",
    "请安装 C++ 编译器和 Python，然后再次运行 npm install",
  ],
  "device.moduleNotFound": ["PKCS#11 模块的路径处没有文件", "请安装令牌的软件，或更正路径"],
  "device.moduleNoFile": ["PKCS#11 模块的路径指向文件夹、管道或设备，而不是文件", "请给出令牌所附模块的路径"],
  "device.moduleUnusable": [
    "该文件无法在此计算机上作为 PKCS#11 模块加载",
    "请给出令牌所附模块的路径；它必须适用于此类处理器，并已安装其所需的组件",
  ],
  "device.moduleNotStarted": [
    "PKCS#11 模块无法启动",
    "请确认其所需的服务和设置已就绪，例如智能卡所需的 pcscd",
  ],
  "device.moduleDied": ["PKCS#11 模块崩溃", "请重试；如果再次崩溃，请安装其他版本的令牌软件"],
  "device.noToken": ["没有插入令牌", "请插入令牌，或将卡放到读卡器上，然后重试"],
  "device.severalTokens": ["插入了多个令牌", "请用序列号、标签或插槽选择其中一个"],
  "device.tokenNotFound": ["没有插入具有该插槽、标签或序列号的令牌", "请插入该令牌，或选择其他令牌"],
  "device.otherToken": [
    "这不是上次使用的令牌，因此没有登录到该令牌",
    "请插入上次使用的令牌，或用序列号选择这一个",
  ],
  "device.tokenBlank": ["令牌是空的", "请先用其自带软件进行设置"],
  "device.noKey": ["令牌中没有私钥", "请先在令牌上生成密钥"],
  "device.keyNotFound": ["令牌中没有具有该标签或 ID 的密钥", "请选择其他密钥"],
  "device.otherKey": ["上次使用的密钥不在令牌中", "请用标签或 ID 选择其他密钥"],
  "device.severalKeys": ["令牌中有多个密钥", "请用标签或 ID 选择其中一个"],
  "device.keyExists": ["令牌中已有具有该标签或 ID 的密钥", "请使用该密钥，或另选标签"],
  "device.keyMayNotSign": ["此密钥不允许用于签名", "请选择令牌中的其他密钥"],
  "device.keyUnusable": [
    "Signet 不使用这种密钥",
    "请选择 P-256、Ed25519 或 RSA 密钥：RSA 至少 2048 位，指数至少为 65537",
  ],
  "device.publicKeyMissing": ["令牌中既没有此密钥的公钥，也没有证书", "请将其中之一写入令牌，或选择其他密钥"],
  "device.publicKeyMismatch": ["令牌的签名与其出示的公钥不符", "请将正确的证书写入令牌，或选择其他密钥"],
  "device.signatureMalformed": [
    "令牌或其软件生成的签名格式错误，因此没有使用",
    "请更新令牌的软件，或使用其他令牌",
  ],
  "device.mechanismMissing": ["令牌无法用此算法签名", "请选择其他密钥或算法"],
  "device.pinRequired": ["令牌需要 PIN，但没有提供", "请输入 PIN 后重试"],
  "device.pinWrong": ["PIN 错误", "重试前请先核对：错误几次后令牌会锁定"],
  "device.pinWrongFew": ["PIN 错误，剩余次数不多", "请先找到正确的 PIN 再重试"],
  "device.pinWrongLast": ["PIN 错误，只剩一次机会", "再次输错 PIN 会锁定令牌"],
  "device.pinLocked": ["PIN 错误次数太多，已被锁定", "请用令牌自带软件及其 PUK 解锁"],
  "device.pinNotSet": ["令牌尚未设置 PIN", "请用令牌自带软件设置"],
  "device.pinMustChange": ["必须先更改 PIN 才能使用令牌", "请用令牌自带软件更改"],
  "device.loginLapsed": ["令牌表示没有人登录，即使刚刚输入过 PIN", replug],
  "device.tokenRemoved": ["令牌已被拔出", "请重新插入并重新登录"],
  "device.tokenFull": ["令牌没有空间容纳新的密钥", "请删除不再需要的密钥"],
  "device.tokenReadOnly": ["无法向此令牌写入内容", "请使用其他令牌"],
  "device.tokenFailed": ["令牌或其软件出现故障", replug],
} as const satisfies SomeErrors;
