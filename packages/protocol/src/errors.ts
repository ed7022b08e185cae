/** Who has to act on an error. `protocol`: the peer broke a rule. `user`: a person can mend it. `dependency`: something
 * that Signet needs failed. `bug`: ours. */
export type ErrorCategory = "protocol" | "user" | "dependency" | "bug";

interface ErrorInfo {
  readonly category: ErrorCategory;
  /** WebSocket close code (RFC 6455 section 7.4.2, private range) where the error ends the connection. */
  readonly closeCode?: number;
}

const error = (category: ErrorCategory, closeCode?: number): ErrorInfo =>
  closeCode === undefined ? { category } : { category, closeCode };

/**
 * Every error that a person or a peer can see. What a person reads of each stands in `@signet/words`; docs/errors.md is checked
 * against both.
 */
export const errorTable = {
  "protocol.badJson": error("protocol", 4000),
  "protocol.badMessage": error("protocol"),
  "protocol.unknownType": error("protocol"),
  "protocol.tooLarge": error("protocol", 4001),
  "protocol.tooFast": error("protocol", 4002),
  "protocol.askedTooMuch": error("protocol"),
  "protocol.tooManyConnections": error("protocol", 4003),
  "protocol.helloTimeout": error("protocol", 4004),
  "protocol.signInTimeout": error("protocol", 4006),
  "protocol.helloRequired": error("protocol"),
  "protocol.helloRepeated": error("protocol"),
  "protocol.version": error("protocol", 4005),

  "auth.signInRequired": error("user"),
  "auth.alreadySignedIn": error("user"),
  "auth.terminalInUse": error("protocol"),
  "auth.terminalUnproven": error("protocol"),
  "auth.bindingGone": error("user"),

  "proof.malformed": error("protocol"),
  "proof.purpose": error("protocol"),
  "proof.origin": error("protocol"),
  "proof.user": error("protocol"),
  "proof.device": error("user"),
  "proof.challenge": error("protocol"),
  "proof.challengeExpired": error("user"),
  "proof.terminal": error("protocol"),
  "proof.terminalKey": error("protocol"),
  "proof.call": error("protocol"),
  "proof.beforeLeave": error("protocol"),
  "proof.beforeStay": error("user"),
  "proof.leafKey": error("protocol"),
  "proof.time": error("user"),
  "proof.lifetime": error("protocol"),
  "proof.expired": error("user"),
  "proof.signature": error("protocol"),
  "proof.encoding": error("protocol"),
  "proof.clientData": error("protocol"),
  "proof.rpId": error("protocol"),
  "proof.userPresence": error("user"),
  "proof.userVerification": error("user"),
  "proof.signer": error("protocol"),
  "proof.algorithm": error("protocol"),

  "registration.closed": error("user"),
  "registration.inviteRequired": error("user"),
  "registration.inviteInvalid": error("user"),
  "registration.badUserId": error("user"),
  "registration.badName": error("user"),
  "registration.userTaken": error("user"),
  "registration.deviceTaken": error("user"),
  "registration.attestation": error("protocol"),

  "user.unknown": error("user"),

  "call.notFound": error("user"),
  "call.exists": error("protocol"),
  "call.noMembers": error("user"),
  "call.tooManyMembers": error("user"),
  "call.tooLarge": error("user"),
  "call.duplicateMember": error("user"),
  "call.self": error("user"),
  "call.inCall": error("user"),
  "call.atAnotherTerminal": error("user"),
  "call.notElsewhere": error("user"),
  "call.moveUnderWay": error("user"),
  "call.moveSilent": error("dependency"),
  "call.answeredYours": error("user"),
  "call.callerElsewhere": error("user"),
  "call.tooManyRings": error("user"),
  "call.tooManyInvitations": error("user"),
  "call.notInvited": error("protocol"),
  "call.notMember": error("protocol"),
  "call.away": error("user"),
  "call.notRinging": error("user"),
  "call.notInitiator": error("user"),
  "call.noAnswer": error("user"),
  "call.notVerified": error("protocol"),
  "call.broughtBack": error("protocol"),
  "call.rejectedMember": error("protocol"),
  "call.turnedAway": error("user"),
  "call.tooManyJoins": error("user"),
  "call.joinUsed": error("user"),
  "call.putOut": error("protocol"),
  "call.notAsked": error("dependency"),
  "call.tooManyQuestions": error("protocol"),
  "call.tooManyWords": error("protocol"),
  "call.noGroupInfo": error("protocol"),

  "delivery.staleEpoch": error("protocol"),
  "delivery.epochTaken": error("protocol"),
  "delivery.futureEpoch": error("protocol"),
  "delivery.notAdmitted": error("protocol"),
  "delivery.notCommitter": error("protocol"),
  "delivery.tooMuch": error("protocol"),

  "pairing.badCode": error("user"),
  "pairing.broken": error("protocol"),
  "pairing.ended": error("user"),
  "pairing.expired": error("user"),
  "pairing.refused": error("user"),
  "pairing.unknown": error("user"),

  "history.administrator": error("protocol"),
  "history.appointed": error("user"),
  "history.certificates": error("protocol"),
  "history.deviceRevoked": error("user"),
  "history.deviceTaken": error("user"),
  "history.deviceUnknown": error("protocol"),
  "history.dismissed": error("user"),
  "history.full": error("user"),
  "history.head": error("protocol"),
  "history.lastDevice": error("user"),
  "history.name": error("user"),
  "history.newDevice": error("protocol"),
  "history.previous": error("protocol"),
  "history.proofs": error("protocol"),
  "history.revokedDevice": error("user"),
  "history.sequence": error("protocol"),
  "history.shortened": error("protocol"),
  "history.tooManyDevices": error("user"),

  "admin.notAdministrator": error("user"),
  "admin.lapsed": error("protocol"),
  "admin.unknown": error("protocol"),
  "admin.code": error("user"),
  "admin.head": error("user"),
  "recovery.crowdedOut": error("user"),
  "recovery.expired": error("user"),
  "recovery.gone": error("user"),

  "callList.otherCall": error("protocol"),
  "callList.userIds": error("protocol"),
  "callList.notMember": error("protocol"),
  "callList.notHost": error("user"),
  "callList.voided": error("protocol"),
  "callList.missing": error("protocol"),
  "callList.hostFork": error("protocol"),
  "callList.nextHost": error("user"),
  "callList.removesHost": error("user"),
  "callList.tooManyPeople": error("user"),
  "callList.full": error("user"),
  "callList.removed": error("user"),
  "callList.hidden": error("protocol"),

  "directory.keyChanged": error("user"),
  "directory.otherKey": error("user"),
  "directory.badEntry": error("protocol"),
  "directory.badPins": error("dependency"),
  "directory.newerPins": error("dependency"),

  "device.unsupported": error("user"),
  "device.cancelled": error("user"),
  "device.alreadyRegistered": error("user"),
  "device.notInBrowser": error("user"),
  "device.counterBack": error("user"),
  "device.failed": error("dependency"),
  "device.badAnswer": error("dependency"),
  "device.noAnswer": error("dependency"),
  "device.badPassphrase": error("user"),
  "device.badKeyFile": error("user"),
  "device.pkcs11Missing": error("user"),
  "device.moduleNotFound": error("user"),
  "device.moduleNoFile": error("user"),
  "device.moduleUnusable": error("user"),
  "device.moduleNotStarted": error("user"),
  "device.moduleDied": error("dependency"),
  "device.noToken": error("user"),
  "device.severalTokens": error("user"),
  "device.tokenNotFound": error("user"),
  "device.otherToken": error("user"),
  "device.tokenBlank": error("user"),
  "device.noKey": error("user"),
  "device.keyNotFound": error("user"),
  "device.otherKey": error("user"),
  "device.severalKeys": error("user"),
  "device.keyExists": error("user"),
  "device.keyMayNotSign": error("user"),
  "device.keyUnusable": error("user"),
  "device.publicKeyMissing": error("user"),
  "device.publicKeyMismatch": error("dependency"),
  "device.signatureMalformed": error("dependency"),
  "device.mechanismMissing": error("user"),
  "device.pinRequired": error("user"),
  "device.pinWrong": error("user"),
  "device.pinWrongFew": error("user"),
  "device.pinWrongLast": error("user"),
  "device.pinLocked": error("user"),
  "device.pinNotSet": error("user"),
  "device.pinMustChange": error("user"),
  "device.loginLapsed": error("dependency"),
  "device.tokenRemoved": error("user"),
  "device.tokenFull": error("user"),
  "device.tokenReadOnly": error("user"),
  "device.tokenFailed": error("dependency"),

  "certificate.notAccepted": error("user"),
  "certificate.malformed": error("protocol"),
  "certificate.tooMany": error("user"),
  "certificate.tooLarge": error("user"),
  "certificate.version": error("user"),
  "certificate.paddedSerial": error("user"),
  "certificate.oddDate": error("user"),
  "certificate.untrusted": error("user"),
  "certificate.order": error("user"),
  "certificate.repeated": error("user"),
  "certificate.badSignature": error("user"),
  "certificate.weakAlgorithm": error("user"),
  "certificate.weakKey": error("user"),
  "certificate.expired": error("user"),
  "certificate.notYetValid": error("user"),
  "certificate.notAuthority": error("user"),
  "certificate.pathTooLong": error("user"),
  "certificate.authorityPurpose": error("user"),
  "certificate.nameConstraints": error("user"),
  "certificate.unknownExtension": error("user"),
  "certificate.disputed": error("user"),
  "certificate.revoked": error("user"),
  "certificate.crlExpired": error("user"),
  "certificate.revocationUnknown": error("user"),
  "certificate.keyUsage": error("user"),
  "certificate.purpose": error("user"),
  "certificate.ofAuthority": error("user"),
  "certificate.otherKey": error("protocol"),
  "certificate.otherUser": error("user"),
  "certificate.missing": error("protocol"),
  "certificate.noUserId": error("user"),
  "certificate.otherDomain": error("user"),
  "certificate.severalUserIds": error("user"),
  "certificate.badUserId": error("user"),

  "certificate.fileWithout": error("user"),
  "certificate.fileTooMany": error("user"),
  "certificate.fileTooLarge": error("user"),
  "certificate.fileDamaged": error("user"),
  "certificate.filePkcs7": error("user"),
  "certificate.filePkcs12": error("user"),
  "certificate.fileKey": error("user"),
  "certificate.fileRequest": error("user"),
  "certificate.fileOther": error("user"),
  "certificate.crlNone": error("user"),
  "certificate.crlTooMany": error("user"),
  "certificate.crlOther": error("user"),
  "certificate.crlMalformed": error("user"),
  "certificate.crlVersion": error("user"),
  "certificate.crlIndirect": error("user"),
  "certificate.crlNoAnchor": error("user"),
  "certificate.crlOtherKey": error("user"),
  "certificate.crlOtherName": error("user"),
  "certificate.crlPartial": error("user"),
  "certificate.crlNotYet": error("user"),
  "certificate.crlOver": error("user"),
  "certificate.crlEndless": error("user"),

  "media.badOffer": error("protocol"),
  "media.tooManySlots": error("protocol"),
  "media.tooManyProbes": error("user"),
  "media.tooManyOffers": error("protocol"),
  "media.unavailable": error("dependency"),
  "media.noMicrophone": error("user"),
  "media.microphoneDenied": error("user"),
  "media.microphoneBusy": error("user"),
  "media.noSpeaker": error("user"),
  "media.noFile": error("user"),
  "media.badFile": error("user"),
  "media.otherFormat": error("user"),
  "media.pipeLoops": error("user"),
  "media.badFileName": error("user"),
  "media.cannotWrite": error("user"),
  "media.connectionFailed": error("dependency"),

  "frames.plaintextDetected": error("bug"),
  "frames.unsupported": error("user"),
  "frames.workerFailed": error("bug"),

  "mls.badMessage": error("protocol"),
  "mls.credential": error("protocol"),
  "mls.failed": error("bug"),
  "mls.futureEpoch": error("protocol"),
  "mls.otherGroup": error("protocol"),
  "mls.staleEpoch": error("protocol"),
  "mls.refused": error("protocol"),
  "mls.unreadable": error("protocol"),
  "mls.unasked": error("protocol"),
  "mls.otherList": error("protocol"),
  "mls.lifetime": error("protocol"),
  "mls.spentKey": error("protocol"),
  "mls.duplicateUser": error("protocol"),
  "mls.closed": error("bug"),

  "connection.lost": error("dependency"),
  "connection.badAddress": error("user"),
  "connection.timeout": error("dependency"),
  "connection.certificateExpired": error("dependency"),
  "connection.certificateNotYetValid": error("dependency"),
  "connection.certificateOtherName": error("dependency"),
  "connection.certificateUntrusted": error("dependency"),
  "connection.certificateRefused": error("dependency"),

  "terminal.failed": error("bug"),

  "server.internal": error("bug"),
  "server.stopping": error("dependency", 4010),
  "server.otherOrigin": error("protocol"),
  "server.badTerms": error("protocol"),
  "server.tooOld": error("dependency"),
  "server.storage": error("dependency"),
} as const satisfies Record<string, ErrorInfo>;

export type ErrorCode = keyof typeof errorTable;

/** The one exception of Signet. Its message is its code; what a person reads stands in `@signet/words`. */
export class SignetError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.name = "SignetError";
    this.code = code;
  }
}

export function closeCodeFor(code: ErrorCode): number | undefined {
  const info: ErrorInfo = errorTable[code];
  return info.closeCode;
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}

/** Whether it only says that the connection was in the way. */
export function isConnectionCode(code: ErrorCode): boolean {
  return code.startsWith("connection.");
}

/** The code of what was thrown at a terminal; whatever is none of ours is a bug of the terminal, and the server knows nothing of it. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof SignetError ? error.code : "terminal.failed";
}
