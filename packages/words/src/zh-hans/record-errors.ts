/** 关于可验证文件（通话记录、表决、证据）的错误。 */
import type { SomeErrors } from "../catalogue.ts";

export const recordErrors = {
  "record.altered": ["此记录的内容与保存者签名的内容不同", "请向保存者索取最初保存的文件"],
  "record.checkpoint": [
    "此记录中关于服务器日志的内容没有该日志的签名",
    "请勿依赖此文件，并向保存者索取最初保存的文件",
  ],
  "record.cut": ["此文件没有完结，在中途断开", "请再次索取最初保存的文件"],
  "record.empty": ["此文件是空的", "请再次索取最初保存的文件"],
  "record.form": [
    "这不是 Signet 写出的文件，或者之后被改动过",
    "请索取最初保存的文件；编辑器和邮件程序会改动文件",
  ],
  "record.notMember": [
    "此记录中有人以通话成员的身份签名，但其中没有内容表明此人接听过通话",
    "请勿依赖此文件，并向保存者索取最初保存的文件",
  ],
  "record.otherEpoch": [
    "有人签名确认的通话成员与此处所说的不同",
    "请勿依赖此处所示的成员：在通话中请核对安全码；如为文件，请向保存者索取最初保存的文件",
  ],
  "record.otherLog": [
    "此记录属于另一台服务器的日志，与您给出的密钥不符",
    "请核对记录中所写的服务器应使用哪个密钥",
  ],
  "record.signedDocument": [
    "这是对文档的签名（CMS），由其他程序连同文档一起验证",
    "备好文档后运行：openssl cms -verify -cades -binary -inform DER -in 此文件 -content 文档 -CAfile 机构",
  ],
  "record.tooLarge": [
    "此文件比 Signet 写出的任何文件都大（64 MB），或者内容更多",
    "请给出最初保存的文件：记录、决议或证据",
  ],
  "record.unknownPerson": [
    "此记录中有一个签名，但没有说明签名者的设备",
    "请勿依赖此文件，并向保存者索取最初保存的文件",
  ],
  "record.unproven": [
    "此记录声称服务器日志证明了某人的设备，但事实并非如此",
    "请勿依赖此文件，并向保存者索取最初保存的文件",
  ],
  "record.unread": ["无法作为文件读取", "请给出一个由 Signet 写出的文件；文件夹不是文件"],
  "record.version": ["此文件由更新版本的 Signet 写出", "请使用更新版本的 Signet 验证"],
} satisfies SomeErrors;
