/** The numbers of PKCS#11 (version 2.40, with CKM_EDDSA of 3.0) that Signet uses, under their own names. */

export const CKF = {
  tokenWriteProtected: 0x2,
  tokenLoginRequired: 0x4,
  tokenUserPinInitialized: 0x8,
  tokenProtectedAuthenticationPath: 0x100,
  tokenInitialized: 0x400,
  tokenUserPinCountLow: 0x1_0000,
  tokenUserPinFinalTry: 0x2_0000,
  tokenUserPinLocked: 0x4_0000,
  tokenUserPinToBeChanged: 0x8_0000,
  sessionReadWrite: 0x2,
  sessionSerial: 0x4,
  mechanismSign: 0x800,
  mechanismGenerateKeyPair: 0x1_0000,
  initializeOsLocking: 0x2,
} as const;

export const CKR = {
  slotIdInvalid: 0x3,
  generalError: 0x5,
  functionFailed: 0x6,
  attributeSensitive: 0x11,
  attributeTypeInvalid: 0x12,
  deviceMemory: 0x31,
  deviceRemoved: 0x32,
  functionCanceled: 0x50,
  keyHandleInvalid: 0x60,
  keyTypeInconsistent: 0x63,
  keyFunctionNotPermitted: 0x68,
  mechanismInvalid: 0x70,
  mechanismParamInvalid: 0x71,
  objectHandleInvalid: 0x82,
  pinIncorrect: 0xa0,
  pinInvalid: 0xa1,
  pinLenRange: 0xa2,
  pinExpired: 0xa3,
  pinLocked: 0xa4,
  sessionClosed: 0xb0,
  sessionHandleInvalid: 0xb3,
  sessionReadOnly: 0xb5,
  tokenNotPresent: 0xe0,
  tokenNotRecognized: 0xe1,
  tokenWriteProtected: 0xe2,
  userAlreadyLoggedIn: 0x100,
  userNotLoggedIn: 0x101,
  userPinNotInitialized: 0x102,
  cryptokiAlreadyInitialized: 0x191,
} as const;

export const CKM = {
  rsaPkcsKeyPairGen: 0x0,
  rsaPkcs: 0x1,
  rsaPkcsPss: 0xd,
  sha256RsaPkcs: 0x40,
  sha256RsaPkcsPss: 0x43,
  sha256: 0x250,
  ecKeyPairGen: 0x1040,
  ecdsa: 0x1041,
  ecdsaSha256: 0x1044,
  ecEdwardsKeyPairGen: 0x1055,
  eddsa: 0x1057,
} as const;

export const CKA = {
  class: 0x0,
  token: 0x1,
  private: 0x2,
  label: 0x3,
  value: 0x11,
  certificateType: 0x80,
  keyType: 0x100,
  id: 0x102,
  sensitive: 0x103,
  decrypt: 0x105,
  unwrap: 0x107,
  sign: 0x108,
  signRecover: 0x109,
  verify: 0x10a,
  derive: 0x10c,
  modulus: 0x120,
  modulusBits: 0x121,
  publicExponent: 0x122,
  extractable: 0x162,
  ecParams: 0x180,
  ecPoint: 0x181,
  alwaysAuthenticate: 0x202,
} as const;

export const CKO = { certificate: 1, publicKey: 2, privateKey: 3 } as const;
export const CKK = { rsa: 0x0, ec: 0x3, ecEdwards: 0x40 } as const;
export const CKU = { user: 1, contextSpecific: 2 } as const;
/** States in which the user is logged in: read-only and read-write. */
export const loggedInStates: readonly number[] = [1, 3];
export const mgf1Sha256 = 2;
/** What pkcs11js calls the type of PSS parameters. */
export const pssParameterType = 5;

/** CKA_EC_PARAMS: OBJECT IDENTIFIER secp256r1, and id-Ed25519 (RFC 8410). */
export const p256Params: Buffer = Buffer.from("06082a8648ce3d030107", "hex");
export const ed25519Params: Buffer = Buffer.from("06032b6570", "hex");
