/** 命令行与页面说法不同之处：没有页面可用，并且要指明命令和选项。 */
import type { Catalogue } from "../catalogue.ts";

const update = "请在此处和服务器上运行同一版本的 signet";
const again = "请重试；如果再次出现，`signet doctor` 或许能说明原因";
const tell = "请重试；如果再次出现，请告知服务器运营者";

export const commandLineErrors = {
  "protocol.badJson": { next: update },
  "protocol.badMessage": { next: update },
  "protocol.unknownType": { next: update },
  "protocol.tooLarge": { next: update },
  "protocol.helloRepeated": { next: update },
  "protocol.helloTimeout": { next: again },
  "protocol.helloRequired": { next: update },
  "protocol.version": { next: update },
  "auth.terminalInUse": { next: again },
  "auth.terminalUnproven": { next: update },
  "auth.bindingGone": { next: "请再次运行该命令以重新登录" },
  "auth.signInRequired": { next: "请再次运行该命令以重新登录" },
  "proof.malformed": { next: again },
  "proof.device": {
    happened: "此密钥不属于该用户 ID",
    next: "请用 --key-file，或用 --token 和 --key 指定您注册时的密钥",
  },
  "proof.origin": { next: "请用 --server 给出服务器自称的地址" },
  "proof.challengeExpired": { happened: "签名来得太晚" },
  "proof.clientData": { happened: "另一个终端作出的签名有问题，已被拒绝" },
  "registration.inviteRequired": { next: "请向服务器运营者索取，并用 --invite 给出" },
  "registration.administratorInvite": {
    next: "请在运行服务器的计算机上用 `signet invite` 生成，并用 --invite 给出",
  },
  "registration.userTaken": { next: "请用 --user 另选一个；如果它已是您的，请使用 `signet sign-in`" },
  "registration.deviceTaken": {
    happened: "此密钥已用另一个用户 ID 注册",
    next: "请使用那个用户 ID，或用 --key-file 或 --new-key 使用其他密钥",
  },
  "user.unknown": { next: "请检查拼写；用 `signet register` 可注册新的用户 ID" },
  "call.notRinging": { next: "请用 `signet call` 回拨" },
  "history.deviceRevoked": {
    next: "请用您的其他密钥登录：用 --key-file 或 --token 指定；否则请联系管理员",
  },
  "directory.keyChanged": {
    happened: "此人的密钥与本终端以前见过的不同",
    next: "请通过其他途径向对方核实；只有确实更换过，才加上 --trust-changed-key <对方的 ID>=<对方的密钥> 再次运行",
  },
  "directory.badPins": {
    happened: "无法读取此配置目录所记住的他人密钥，因此无法识别任何人",
    next: "请恢复配置目录中的 pins 文件；只有打算重新认识所有人时才将其删除",
  },
  "directory.newerPins": {
    happened: "此配置目录所记住的他人密钥由更新版本的 signet 写入",
    next: "请更新 signet，或用 --profile 指定其他配置目录；没有改动任何内容",
  },
  "log.missing": {
    next: "请通过其他途径询问服务器运营者发生了什么；仅当其不再保留日志时，才用 --trust-log none 重新运行",
  },
  "log.otherKey": {
    next: "请通过其他途径询问服务器运营者；仅当其重新建立了服务器时，才用 --trust-log 和所示密钥重新运行",
  },
  "log.rolledBack": {
    next: "请通过其他途径询问服务器运营者；仅当换上了旧的备份时，才用 --trust-log 和所示密钥重新运行",
  },
  "log.inconsistent": {
    next: "请把保留下来的证据出示给其管理员；仅当换上了旧的备份时，才用 --trust-log 和所示密钥重新运行",
  },
  "certificate.crlExpired": {
    next: "如果是您自己的列表，请用 --crl 给出最新的列表；否则请联系服务器运营者",
  },
  "certificate.revocationUnknown": {
    next: "如果是您自己的列表，请用 --crl 给出由颁发机构自己出具的完整列表；否则请联系服务器运营者",
  },
  "device.unsupported": { happened: "此设备无法在此处使用", next: "`signet devices` 会列出可用的设备" },
  "device.badAnswer": { next: "请重试，或使用其他设备" },
  "device.noAnswer": { happened: "签名设备超过一分钟没有应答", next: "请重试，或使用其他设备" },
  "device.noKey": { next: "请用 `signet register --new-key <标签>` 生成" },
  "device.severalTokens": {
    next: "请用 --serial、--token 或 --slot 选择其中一个；`signet devices` 会列出它们",
  },
  "device.tokenNotFound": { next: "请插入该令牌，或选择 `signet devices` 列出的其他令牌" },
  "device.otherToken": {
    next: "请插入上次使用的令牌；如果就是要用这一个，请给出 `signet devices` 列出的 --serial",
  },
  "device.severalKeys": { next: "请用 --key 或 --key-id 选择其中一个；`signet devices` 会列出它们" },
  "device.keyNotFound": { next: "请用 --key 或 --key-id 选择其他密钥；`signet devices` 会列出它们" },
  "device.otherKey": {
    next: "如果要用其他密钥，请用 --key 或 --key-id 选择；`signet devices` 会列出它们",
  },
  "device.moduleNotStarted": {
    next: "请确认其所需的服务和设置已就绪：智能卡需要 pcscd，NSS 需要 --module-parameters",
  },
  "device.keyExists": { next: "请用 --key 使用该密钥，或用 --new-key 另选标签" },
  "device.notInBrowser": {
    happened: "此用户 ID 属于智能卡、令牌或密钥文件",
    next: "请用 --key-file，或用 --token 和 --key 指定您注册时的密钥",
  },
  "device.pinWrongFew": {
    happened: "PIN 错误",
    next: "令牌表示剩余次数不多；有些令牌在第一次输错后就这样提示，随后会锁定：请小心输入",
  },
  "device.cancelled": { happened: "没有使用密钥" },
  "device.alreadyRegistered": { next: "请使用 `signet sign-in`" },
  "device.badPassphrase": { next: "请重试" },
  "device.badKeyFile": { next: "请用 --key-file 指定 `signet register` 生成的文件或其备份" },
  "media.badOffer": { next: again },
  "media.tooManySlots": { next: update },
  "media.noMicrophone": {
    next: "请接上麦克风，接上后会立即使用；也可以用 --in 给出文件，或用 --in none 只收听",
  },
  "media.microphoneBusy": {
    happened: "其他程序正在使用麦克风，因此无法打开",
    next: "请关闭该程序，signet 会自动重试",
  },
  "media.noSpeaker": {
    next: "请接上扬声器，接上后会立即使用；请安装 alsa-utils 或 sox，或用 --out 写入文件",
  },
  "media.speakerBusy": { next: "请关闭该程序，signet 会自动重试" },
  "media.microphoneDenied": { happened: "无权使用麦克风", next: "请用 --in 给出文件" },
  "frames.plaintextDetected": { next: "请离开通话，并将此作为 signet 的错误报告" },
  "frames.unsupported": {
    happened: "此版本的 Node.js 无法对声音进行端到端加密",
    next: "请使用 `npm ci` 安装的版本",
  },
  "terminal.failed": { next: "请重试；如果再次出现，请连同您所用的命令一并报告" },
  "server.internal": { next: tell },
  "server.otherOrigin": {
    happened: "服务器自称的地址与给出的地址不同，已被拒绝",
    next: "请用 --server 给出它应有的地址",
  },
  "push.off": {
    happened: "此服务器不唤醒不在线的人",
    next: "请保持登录以便接听：`signet listen`，或请服务器运营者开启",
  },
  "push.badEndpoint": {
    happened: "所给的通知地址不是服务器可以访问的地址",
    next: "请保持登录以便接听：`signet listen`",
  },
  "push.noService": {
    happened: "无法连接到发送通知的服务，或该服务已关闭",
    next: "请稍后重试；在此之前请保持登录以便接听：`signet listen`",
  },
  "push.unknownService": {
    happened: "通知来自服务器不访问的服务",
    next: "请服务器运营者用 --push-services 指定该服务",
  },
  "connection.lost": { next: "请检查地址以及服务器是否在运行；`signet doctor` 可作进一步检查" },
} as const satisfies Catalogue["commandLineErrors"];
