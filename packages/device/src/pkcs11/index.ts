export type { CertificateUse } from "./certificate-use.ts";
export { SeveralKeys } from "./choose.ts";
export type { KeyName, KnownKey, TokenChoice } from "./choose.ts";
export { listTokens } from "./list-tokens.ts";
export type { TokenInfo, TokenKeyInfo, TokenName } from "./list-tokens.ts";
export { generateTokenKey, openToken } from "./open-token.ts";
export type { PinPrompt } from "./pin.ts";
export type { Pkcs11Device } from "./token-device.ts";
export { usualModulePaths } from "./usual-modules.ts";
