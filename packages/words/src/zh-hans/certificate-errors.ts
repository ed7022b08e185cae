/** 证书及其文件的错误。 */
import type { SomeErrors } from "../catalogue.ts";
import { say } from "./say.ts";

const askForAnother = "请向颁发机构索取另一份证书";
const askWhoRuns = "请联系服务器运营者";
const bytesSigned = "请向颁发机构索取另一份证书；转换格式没有用，因为签名针对的就是这些字节";
const refusesAll = "否则由该机构认证的人会被拒绝";

export const certificateErrors = {
  "certificate.notAccepted": ["此处不接受证书：没有设置信任锚", "请不带证书注册，或联系服务器运营者"],
  "certificate.malformed": ["该证书或其上级证书的编码不符合标准要求，已被拒绝", askForAnother],
  "certificate.tooMany": [
    "设备证书与信任锚之间超过三份证书",
    "请向颁发机构索取路径更短的证书，或请服务器运营者信任其中一个中间机构",
  ],
  "certificate.tooLarge": ["该证书或其上级证书超过 4096 字节", "请使用同一密钥的较小证书"],
  "certificate.version": [
    "该证书或其上级证书是 X.509 第 1 或第 2 版，只有第 3 版说明密钥的用途",
    "请带扩展颁发：`openssl x509 -req` 只有加上 -extfile 或 -copy_extensions 才生成第 3 版",
  ],
  "certificate.paddedSerial": ["该证书或其上级证书的序列号前面有零，其编码（DER）不允许", bytesSigned],
  "certificate.oddDate": ["该证书或其上级证书中的日期没有按 RFC 5280 的要求以 UTC 精确到秒", bytesSigned],
  "certificate.untrusted": ["该证书不是由此处信任的机构颁发", "请使用由受信任机构颁发的证书，并附上中间证书"],
  "certificate.order": [
    "证书没有依次相接：每份证书之后必须是其颁发机构的证书",
    "请先给出设备自己的证书，再依次给出各机构的证书，直到受信任机构的下一级",
  ],
  "certificate.repeated": [
    "证书中有重复的密钥，或附上了受信任机构自己的证书",
    "每份证书只需给出一次，并省去受信任机构的证书",
  ],
  "certificate.badSignature": [
    "该证书或其上级证书带有颁发者的名称，但不是由该颁发者的密钥签名",
    "请向颁发机构索取正确的证书；如果其密钥已更换，则需在此处信任其新证书",
  ],
  "certificate.weakAlgorithm": [
    "该证书或其上级证书的签名方式不被接受，例如 SHA-1",
    "请向颁发机构索取用 SHA-256、SHA-384、SHA-512 或 Ed25519 签名的证书",
  ],
  "certificate.weakKey": [
    "证书中设备或机构的密钥强度不足，或属于不被接受的种类",
    "请使用 P-256、P-384、P-521、Ed25519 或 2048 到 8192 位 RSA 的证书",
  ],
  "certificate.expired": ["该证书或其上级证书已过期", "持有者可用颁发机构为同一密钥续发的证书注册或登录"],
  "certificate.notYetValid": ["该证书或其上级证书尚未生效", "请检查时钟，或等到生效之日"],
  "certificate.notAuthority": [
    "设备证书的上级证书中，有一份不属于有权颁发证书的机构",
    "请使用机构本身的证书，它应带有 CA:TRUE 和签发证书的权限",
  ],
  "certificate.pathTooLong": [
    "某个机构的下级数量限制小于它与设备之间的机构数量",
    "请使用由上级机构之一颁发的证书",
  ],
  "certificate.authorityPurpose": [
    "设备证书的上级机构用于其他目的（例如服务器），而不是用于个人",
    "请使用用于登录或电子邮件的机构所颁发的证书",
  ],
  "certificate.nameConstraints": [
    "证书中有名称超出了上级机构可以命名的范围，或无法与之比较",
    "请向颁发机构索取名称在其范围内的证书",
  ],
  "certificate.unknownExtension": [
    "该证书或其上级证书带有 Signet 不认识的关键扩展",
    "请向颁发机构索取不带该扩展的证书",
  ],
  "certificate.disputed": [
    "对证书及其策略和密钥标识的第二次独立检查没有通过",
    "请询问颁发机构这些证书是否相配，或索取其他证书",
  ],
  "certificate.revoked": [
    "该证书或其上级证书已被其颁发机构吊销",
    "请询问颁发机构原因；持有者可用同一密钥的新证书注册或登录",
  ],
  "certificate.crlExpired": [
    "此处保存的证书吊销列表已过期，因此无法检查该证书",
    "请向服务器运营者索取最新的列表",
  ],
  "certificate.revocationUnknown": [
    "此处保存的证书吊销列表都不适用于该证书，因此无法检查",
    "请向服务器运营者索取由颁发机构自己出具的完整列表",
  ],
  "certificate.keyUsage": ["该证书不用于签名", "请使用您设备上用于签名或身份验证的证书"],
  "certificate.purpose": ["该证书用于登录或电子邮件以外的目的，例如用于服务器", "请使用为个人颁发的证书"],
  "certificate.ofAuthority": ["该证书属于机构，而不属于设备", "请使用该机构为设备颁发的证书"],
  "certificate.otherKey": ["该证书属于另一个密钥，而不是设备的密钥，已被拒绝", "请使用此设备密钥的证书"],
  "certificate.otherUser": ["该证书所指的是另一个用户 ID", "请用证书所指的用户 ID 注册"],
  "certificate.missing": [
    "此前见到此人时带有证书，而服务器现在把它省去了",
    "在查明原因之前，请勿信任此服务器",
  ],
  "certificate.noUserId": ["在此服务器查找的位置上，证书没有用户 ID", askWhoRuns],
  "certificate.otherDomain": [
    "证书中没有地址属于此处可用作用户 ID 的域",
    "请使用含有该域地址的证书，或联系服务器运营者",
  ],
  "certificate.severalUserIds": [
    "该证书含有多个不同的用户 ID",
    "请使用只含一个用户 ID 的证书，或联系服务器运营者",
  ],
  "certificate.badUserId": [
    "证书中用户 ID 位置上的内容不能作为用户 ID：应为 2 到 32 个字符，限 a-z 0-9 . _ -",
    "请使用含有其他名称或地址的证书，或联系服务器运营者",
  ],

  "certificate.fileWithout": ["其中没有证书", "文件必须包含依次排列的 PEM 证书，或一份 DER 证书"],
  "certificate.fileTooMany": ["其中的证书超过 256 份", "请只保留需要的证书"],
  "certificate.fileTooLarge": ["文件超过 64 MiB", "请给出正确的文件"],
  "certificate.fileDamaged": ["其中有证书被截断或损坏", "请重新复制，包括 BEGIN 和 END 两行及其间的全部内容"],
  "certificate.filePkcs7": [
    "这是 PKCS #7（P7B），以另一种形式包含证书",
    "请转换：openssl pkcs7 -print_certs -in FILE -out certificates.pem，二进制文件请加 -inform DER",
  ],
  "certificate.filePkcs12": [
    "这是 PKCS #12（PFX、P12），其中还包含私钥",
    "请取出证书：openssl pkcs12 -nokeys -in FILE -out certificates.pem",
  ],
  "certificate.fileKey": [
    "其中有私钥，私钥不应与证书放在一起",
    "请只保留证书：openssl x509 -in FILE -out certificate.pem",
  ],
  "certificate.fileRequest": ["这是证书申请，而不是颁发机构据此颁发的证书", "请给出颁发机构颁发的证书"],
  "certificate.fileOther": [
    "其中的内容不是证书",
    "请给出依次排列的 PEM 证书；TRUSTED CERTIFICATE 可用 openssl x509 -in FILE 转换",
  ],
  "certificate.crlNone": ["其中没有证书吊销列表", "请给出依次排列的 PEM 列表，或一份 DER 列表"],
  "certificate.crlTooMany": ["其中的列表超过 64 份", "请只保留受信任机构的列表"],
  "certificate.crlOther": ["其中的内容不是证书吊销列表", "请只给出列表：依次排列的 PEM，或一份 DER"],
  "certificate.crlMalformed": [
    "有证书吊销列表无法读取：被截断，或编码不符合标准要求",
    "请从颁发机构重新获取",
  ],
  "certificate.crlVersion": [
    "该证书吊销列表是第 1 版，只有第 2 版说明列表的范围",
    "`openssl ca -gencrl` 在其配置中设置了 crlnumber 时会生成第 2 版",
  ],
  "certificate.crlIndirect": [
    "该证书吊销列表是间接列表：它可能代表签名者以外的机构",
    "请给出各机构为自己签名的列表",
  ],
  "certificate.crlNoAnchor": [
    "该证书吊销列表不属于任何信任锚，因此只对其下级机构有效",
    "请检查列表是否正确，或是否信任了正确的机构",
  ],
  "certificate.crlOtherKey": [
    "该证书吊销列表以某个信任锚的名义出具，但不是由其密钥签名",
    say`请从颁发机构重新获取；${refusesAll}`,
  ],
  "certificate.crlOtherName": [
    "该证书吊销列表由某个信任锚的密钥签名，但以另一个名称出具",
    say`请给出以该机构名义出具的列表；${refusesAll}`,
  ],
  "certificate.crlPartial": ["该证书吊销列表不完整", say`请给出完整的列表；${refusesAll}`],
  "certificate.crlNotYet": ["该证书吊销列表尚未生效", "请检查时钟；在其生效之前，由该机构认证的人会被拒绝"],
  "certificate.crlOver": ["该证书吊销列表已过期，本应有更新的列表", say`请从颁发机构获取；${refusesAll}`],
  "certificate.crlEndless": [
    "该证书吊销列表没有说明下一份何时发布",
    say`请给出有此说明的列表；${refusesAll}`,
  ],
} as const satisfies SomeErrors;
