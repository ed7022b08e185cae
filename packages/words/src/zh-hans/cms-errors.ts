/** 用证书对文档所作签名（CMS）的错误。 */
const askForAnother = "请让签名者用 Signet 重新签名";

export const cmsErrors = {
  "cms.malformed": [
    "这不是 Signet 所用格式（DER 编码的 CMS SignedData）的文档签名，或其中的内容被改动",
    "请提供未经改动的 DER 原文件；其他软件所作的签名可用 `openssl cms -verify` 验证",
  ],
  "cms.attached": [
    "文档包含在签名文件之中，而此处两者必须分开",
    "请用 `openssl cms -verify` 验证，或索取分离式签名",
  ],
  "cms.signers": ["文件中的签名者不是恰好一位", "请向每位签名者分别索取签名文件"],
  "cms.attributes": ["与文档一同签名的内容不符合要求：只能有内容类型、摘要、时间和证书这四项", askForAnother],
  "cms.algorithm": ["签名方式不被接受（例如 SHA-1），或与证书的密钥不符", askForAnother],
  "cms.signer": ["签名所指的证书不在文件中，或不是签名时所用的那一份", askForAnother],
  "cms.otherDocument": ["这是另一份文档的签名，或文档在签名后被改动", "请与签名时的文档逐字节比较"],
  "cms.documentNeeded": [
    "Ed25519 密钥对文件签名时所用的摘要与此处所知的 SHA-256 不同，因此无人能核对该签名",
    "请不提供文件直接批准，或使用其他类型的密钥签名",
  ],
  "cms.signature": ["签名不是由证书的密钥作出，或被改动", "请不要相信它，并询问所称的签名者"],
  "cms.signingTime": [
    "签名所称的时间不在证书有效期内，或晚于当前时间",
    "请检查时钟；如果时钟正确，请让签名者重新签名",
  ],
} as const;
