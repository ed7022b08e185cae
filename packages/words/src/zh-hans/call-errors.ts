/** 通话中的错误：人员、群组和声音。 */
import type { SomeErrors } from "../catalogue.ts";

const leaveAndCall = "请离开通话，然后重新呼叫";
const leaveAndJoin = "请离开通话，然后重新加入";
const leftForYou = "为保护您，Signet 已离开通话";

export const callErrors = {
  "call.notFound": ["此通话已结束", "请发起新的通话"],
  "call.exists": ["此通话 ID 已被使用", "请重新发起通话"],
  "call.noMembers": ["没有指定要呼叫的人", "请至少输入一个其他人的用户 ID"],
  "call.tooManyMembers": ["人数超过了此服务器上一次通话的上限", "请减少人数，或联系服务器运营者"],
  "call.tooLarge": ["这些人的密钥历史超出了一次通话的容量", "请不要呼叫设备或证书特别多的人"],
  "call.duplicateMember": ["有用户 ID 重复", "每个人只需列出一次"],
  "call.self": ["不能呼叫自己", "请输入其他人的用户 ID"],
  "call.inCall": ["您已在通话中", "请先离开当前通话"],
  "call.atAnotherTerminal": ["您已在另一个终端上参加此通话", "请在那里继续，或先在那里离开"],
  "call.notElsewhere": [
    "您在其他终端上没有可以转移到此处的通话，或通话已经结束",
    "如果通话仍在进行，请加入；否则请发起新的通话",
  ],
  "call.moveUnderWay": ["此通话正在转移到您的另一个终端", "请等一分钟后重试"],
  "call.moveSilent": [
    "此处无法接通声音，因此通话没有转移，仍在原处进行",
    "请检查此处的网络（例如运行 signet doctor），然后再次转移",
  ],
  "call.answeredYours": ["您要接听的人正在加入您自己的通话", "请留在通话中，对方马上就到"],
  "call.callerElsewhere": ["呼叫您的人正在加入另一个通话", "请等对方空闲时再呼叫"],
  "call.tooManyRings": ["同时呼叫您的通话太多", "请等其中一个被接听"],
  "call.tooManyInvitations": ["您刚才邀请的人太多", "请等一分钟后继续"],
  "call.notInvited": ["此用户 ID 没有被邀请加入该通话", "请让通话中的人邀请您"],
  "call.notMember": ["本终端不在该通话中", "请重新加入，或发起新的通话"],
  "call.away": ["连接中断的时间太长，通话已在没有本终端的情况下继续", "请重新加入"],
  "call.waitedTooLong": [
    "您的设备签名后超过两分钟才连上服务器，因此服务器没有接受该签名",
    "请再操作一次，您的设备会重新签名",
  ],
  "call.notRinging": ["此通话已不再响铃", "请回拨"],
  "call.notInitiator": ["只有通话的发起人可以为所有人结束通话", "您可以离开，通话会继续进行"],
  "call.noAnswer": ["无人接听", "请稍后再呼叫"],
  "call.notVerified": ["无法验证呼叫者的身份，因此没有响铃", "请通过其他途径向对方核实是否呼叫过您"],
  "call.broughtBack": ["有已离开通话的人未经重新签名就被带回通话", leftForYou],
  "call.rejectedMember": ["有人在没有有效签名的情况下进入了通话", leftForYou],
  "call.turnedAway": [
    "据服务器所说，查看您应答的人没有接受它，因此您未能进入通话",
    "请通过其他途径询问原因：对方的终端记住的可能是您的另一个密钥，或者有时钟不准",
  ],
  "call.tooManyJoins": ["此用户 ID 请求加入或被拒绝的次数太多", "请等十分钟，或发起新的通话"],
  "call.joinUsed": ["对此通话的这次应答已经用过", "请重新加入"],
  "call.putOut": [
    "服务器将您移出了通话：据服务器所说，其他人无法接受本终端对群组所做的变更或对此的说明",
    "请发起新的通话",
  ],
  "call.notAsked": [
    "有一个通话仍在进行，但此服务器无法询问是否还有人在其中，因此没有在此处显示",
    "请让通话中的人邀请您，并请服务器运营者更新服务器",
  ],
  "call.tooManyQuestions": ["本终端询问或回答谁在通话中的次数太多", "请稍等，本终端会自动再次询问"],
  "call.tooManyWords": ["本终端报告能否被听到的次数太多", "过一会儿 Signet 会再次报告"],
  "call.noGroupInfo": [
    "本终端需要重新进入群组，但通话中没有人提供有效的群组状态",
    "请重新加入，或发起新的通话",
  ],
  "missed.revokedDevice": [
    "您没有终端在线时，有人以此人的名义呼叫过您，所用的密钥后来已被此人吊销：可能是其本人，也可能是现在持有该密钥的人",
    "请通过其他途径向对方确认",
  ],
  "delivery.staleEpoch": ["自此变更作出以来，群组已有新的变更", leaveAndJoin],
  "delivery.epochTaken": ["另一名成员先变更了群组", leaveAndJoin],
  "delivery.futureEpoch": ["此变更针对的群组状态尚不存在", leaveAndJoin],
  "delivery.notAdmitted": ["有一条 Welcome 消息指向并未等待加入的人", leaveAndJoin],
  "delivery.notCommitter": ["本终端不得变更群组", leaveAndJoin],
  "delivery.tooMuch": ["群组变更过于频繁，或通话数据已达到服务器的存储上限", "请等一分钟，或发起新的通话"],
  "directory.otherKey": [
    "服务器显示的此人密钥与您作出决定时的不同",
    "请重新查看警告，并通过其他途径询问对方哪个是其密钥",
  ],
  "directory.otherThanCompared": [
    "服务器显示的此人历史与您当面核对过的不同，或少于它",
    "请勿信任；请询问本人和服务器运营者，只有在对方确实重新开始时才撤回核对",
  ],
  "directory.comparedRecovered": [
    "您当面核对之后，有管理员为此人加入了设备：核对已失效",
    "在依赖它之前，请与本人见面并重新核对",
  ],
  "directory.keyChanged": ["此人的签名设备与您以前见过的不同", "在信任之前，请通过其他途径向对方核实"],
  "directory.badEntry": ["服务器提供的目录条目无法通过验证", "在查明原因之前，请勿信任此服务器"],
  "directory.unproven": [
    "服务器出示的此人设备历史，得不到其自身日志的证明",
    "在查明原因之前，请勿信任此服务器",
  ],
  "directory.ownUnproven": [
    "服务器的日志对您自己设备的记录与这些设备所签署的不符：他人看到的可能是不属于您的设备，或看不到某台设备已被撤销",
    "请通过其他途径告知您的通话对象和服务器的管理者；并在您的设备中撤销您不认识的设备",
  ],
  "log.missing": [
    "服务器以前有一份记录所有人设备的签名日志，现在却没有给出",
    "在日志恢复之前，这里无法识别任何人：请通过其他途径询问服务器的管理者发生了什么",
  ],
  "log.otherKey": [
    "服务器用于签署所有人设备日志的密钥与以前不同",
    "这里无法识别任何人：请通过其他途径询问服务器的管理者是否重新建立了服务器",
  ],
  "log.badCheckpoint": ["服务器出示的所有人设备日志没有按要求签名", "在查明原因之前，请勿信任此服务器"],
  "log.rolledBack": [
    "服务器的所有人设备日志比以前短：曾经记录的内容被隐藏了",
    "这里无法识别任何人：请通过其他途径询问服务器的管理者是否换上了旧的备份",
  ],
  "log.inconsistent": [
    "服务器出示的所有人设备日志与它以前出示的不同：二者之中必有一个是假的",
    "请勿信任此服务器，并把保留下来的证据出示给其管理员",
  ],
  "log.otherView": [
    "服务器向对方出示的目录与向您出示的不同",
    "请勿信任此服务器：二者之中必有一个是假的，其日志为双方所签署的内容已保留",
  ],
  "log.unsignedView": [
    "对方就服务器目录所签署的内容并非出自向您出示的日志：要么服务器向对方出示了另一个目录，要么是对方编造的",
    "请通过此服务器以外的方式询问对方，服务器向其出示了什么",
  ],
  "log.noSuchSize": ["服务器的所有人设备日志没有这么多条目", "在查明原因之前，请勿信任此服务器"],
  "log.unwitnessed": [
    "最近一小时内，您所要求的见证人中看过服务器的所有人设备日志的人数不足",
    "请稍后重试；如仍如此，请询问服务器的管理者是否指定了这些见证人并能连接到他们",
  ],
  "directory.badPins": [
    "无法读取本终端所记住的他人设备",
    "在恢复该数据或将其与本网站的数据一并清除之前，无法识别任何人",
  ],
  "directory.newerPins": [
    "本终端所记住的他人设备由更新版本的 Signet 写入，已原样保留",
    "请重新加载页面，或更新本程序",
  ],
  "media.badOffer": ["无法建立声音连接", "请重新加载页面，或换用其他浏览器"],
  "media.tooManySlots": ["终端请求的声音通道数超过了服务器所有", "请重新加载页面，或更新终端"],
  "media.tooManyProbes": ["刚才测试声音连接的次数或人数太多", "请等一分钟后重试"],
  "media.tooManyOffers": ["一分钟内重建声音连接的次数太多", "请等一分钟，会自动重试"],
  "media.unavailable": ["服务器的声音部分没有响应", "它会自行重新启动，请稍等"],
  "media.relayRefused": [
    "声音无法通过 UDP 到达服务器，而服务器的中继拒绝了本终端",
    "Signet 会用新的凭据自动重试；如果仍然如此，请告知服务器运营者",
  ],
  "media.relayUnreachable": [
    "声音既无法通过 UDP，也无法通过中继到达服务器",
    "请换用其他网络；Signet 会自动重试",
  ],
  "media.relayTlsFailed": [
    "声音无法通过 UDP 到达服务器，也无法通过 TLS 连接到服务器的中继",
    "请换用其他网络；如果曾出现服务器证书警告，那就是原因：请向服务器运营者索取有效的证书",
  ],
  "media.relayUntrusted": [
    "声音无法通过 UDP 到达服务器，而服务器的中继出示的证书在此计算机上无效",
    "请向服务器运营者索取有效的证书；如果由您自己的机构颁发，可让 NODE_EXTRA_CA_CERTS 指向其文件",
  ],
  "media.noMicrophone": ["没有找到麦克风", "请接上麦克风，或只收听"],
  "media.microphoneDenied": ["浏览器无权使用麦克风", "请在地址栏旁允许使用，然后重试"],
  "media.microphoneBusy": [
    "无法打开麦克风，可能有其他程序正在使用",
    "请关闭该程序或选择其他麦克风，然后重试",
  ],
  "media.noSpeaker": ["没有找到扬声器", "请安装 alsa-utils 或 sox 并接上扬声器，或将声音写入文件"],
  "media.speakerBusy": ["其他程序正在使用扬声器，因此无法打开", "请关闭该程序，或选择其他扬声器"],
  "media.noFile": ["无法打开音频文件", "请检查文件名，以及您是否有权读取"],
  "media.badFile": ["这不是 Signet 能够读取的音频", "请使用 WAV 或 Ogg Opus"],
  "media.otherFormat": ["Signet 不支持这种格式的音频", "请转换为 WAV 或 Ogg Opus，例如使用 ffmpeg"],
  "media.pipeLoops": ["来自管道的声音只能播放一次", "如需反复播放，请存为文件"],
  "media.badFileName": ["Signet 以 WAV 或 Ogg Opus 格式写入音频", "文件名请以 .wav、.opus 或 .ogg 结尾"],
  "media.cannotWrite": ["无法写入音频文件", "请检查文件夹和剩余空间"],
  "media.connectionFailed": [
    "声音无法到达服务器",
    "请换用其他网络，或允许 UDP 到达服务器的网络；Signet 会自动重试",
  ],
  "media.nothingComes": [
    "本终端收不到来自服务器的声音",
    "请稍等，Signet 正在重新连接声音；如果持续如此，请换用其他网络",
  ],
  "media.unheard": [
    "其他人听不到您：您说的话没有到达服务器",
    "请稍等，Signet 正在重新连接声音；如果持续如此，请换用其他网络",
  ],
  "media.networkChanged": [
    "此设备的网络发生了变化，在重新连接之前没有声音",
    "请稍等；如果时间较长，请检查网络",
  ],
  "media.serverUnreached": ["没有声音，服务器也没有响应", "请检查网络；服务器一有响应，Signet 就会重新连接"],
  "frames.plaintextDetected": ["有声音未经加密就从本终端发出，因此 Signet 停止了发送", "请换用其他浏览器"],
  "frames.unsupported": ["此浏览器无法对声音进行端到端加密", "请使用最新版本的 Chromium 或 Firefox"],
  "frames.workerFailed": ["声音的加密已停止，发送也随之停止", leaveAndJoin],
  "mls.unreadable": [
    "此处无法读取某次群组变更的密钥，也没有人能让本终端重新进入",
    "请重新加入通话；如果每次变更都如此，请不要再呼叫作出这些变更的人",
  ],
  "mls.badMessage": ["有一条群组消息无法读取，已被拒绝", leaveAndCall],
  "mls.credential": [
    "有成员的密钥没有得到其签名设备的认可，已被拒绝",
    "在查明原因之前请勿继续：请通过其他途径向其他人核实",
  ],
  "mls.failed": ["无法变更群组", leaveAndJoin],
  "mls.futureEpoch": ["有一次群组变更针对的状态本终端尚未到达", "本终端会自动重新加入"],
  "mls.otherGroup": ["有一条属于另一个通话的群组消息，已被拒绝", leaveAndCall],
  "mls.staleEpoch": ["有一次群组变更针对的状态已经过去，已被拒绝", leaveAndCall],
  "mls.refused": ["有一次群组变更违反规则，已被拒绝", leaveAndCall],
  "mls.unasked": ["有成员想让未经请求的人进入群组，或移除、保留这样的人，已被拒绝", leaveAndCall],
  "mls.otherList": [
    "群组中可参加通话的人员名单与本终端的不同，已被拒绝",
    "请离开通话，并通过其他途径询问是谁邀请或移除了谁",
  ],
  "mls.lifetime": ["群组的一个密钥不在其有效期内，已被拒绝", "请校准时钟，然后重新呼叫"],
  "mls.spentKey": ["有一个曾在通话中并随其主人离开的密钥再次出现，该变更已被拒绝", leaveAndCall],
  "mls.duplicateUser": ["该变更会使同一个人在群组中出现两次，已被拒绝", leaveAndCall],
  "mls.closed": ["群组已关闭", leaveAndCall],
} as const satisfies SomeErrors;
