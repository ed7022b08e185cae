/** What a record of a call, a resolution or evidence says to somebody who was not there. */
import { count, say } from "./say.ts";

export const records = {
  verdicts: {
    holds: "every signature in this record holds",
    lied: "every signature in this record holds, and they prove that the server lied: it showed these people logs that cannot both be",
    proven: "this proves that the server lied: its log signed what cannot be",
    notProven: "this does not prove that the server lied: it rests on the word of whoever kept it",
    refused: "this file does not hold",
  },
  verdictsByFile: {
    lied: "every signature in this record holds, and they prove that whoever has the log key in this file showed these people logs that cannot both be; whether that is the server, ask in another way",
    proven:
      "this proves that whoever has the log key in this file signed what cannot be; whether that is the server, ask in another way",
  },
  at: (place: string) => say`what does not hold stands at ${place} in the file`,
  headings: {
    about: "what this is",
    call: "the call",
    people: "who took part",
    resolutions: "what was put to them",
    rests: "what the names rest on",
    server: "what only the server said",
    limits: "what this does not prove",
  },
  notes: {
    call: "signed; times are those of the signers’ clocks",
    people: "each line says by whose signature it is so",
    server: "nobody signed it",
  },
  /** With a user ID, which nobody else has there. */
  named: (name: string, userId: string) => say`${name} (${userId})`,
  guest: (name: string, by: string) => say`${name}, not verified, for whom ${by} vouched`,
  guestLetIn: (name: string, by: string, letInBy: string) =>
    say`${name}, not verified, for whom ${by} vouched, and whom ${letInBy} let in`,
  devices: {
    webauthn: (id: string) => say`a security key or passkey (${id})`,
    pkcs11: (id: string) => say`a smart card or token (${id})`,
    software: (id: string) => say`a software key (${id})`,
  },
  revoked: (at: string, why: string) => say`that device was revoked on ${at}: ${why}`,
  why: {
    lost: "it is lost",
    stolen: "it was stolen",
    replaced: "another one takes its place",
    ended: "it is not used any more",
  },
  call: {
    began: (who: string, at: string, device: string) => say`${who} began the call on ${at}, with ${device}`,
    called: (names: string) => say`called were ${names}`,
    invite: (who: string, whom: string, at: string) => say`${who} invited ${whom} on ${at}`,
    host: (who: string, whom: string, at: string) => say`${who} made ${whom} host on ${at}`,
    server: (origin: string, callId: string) => say`it was on the server ${origin}, as call ${callId}`,
  },
  stays: {
    began: (at: string, device: string) =>
      say`began the call on ${at}, with ${device}; their signature says so`,
    answered: (at: string, device: string) => say`answered on ${at}, with ${device}; their signature says so`,
    seen: (from: string, to: string, by: string) =>
      say`was in the call from ${from} to ${to}; ${by} signed that`,
    seenBy: (from: string, first: string, to: string, last: string) =>
      say`was in the call from ${from}, as ${first} signed, to ${to}, as ${last} signed`,
    seenBetween: (by: string) => say`${by} signed it at times in between`,
    seenOnce: (at: string, by: string) => say`was in the call at ${at}; ${by} signed that`,
    notSeen: "nobody signed that they were in the call after that",
    left: (at: string) => say`left on ${at}; their signature says so`,
    removed: (at: string, by: string) => say`was removed on ${at}; ${by} signed that`,
    ended: (at: string, by: string) =>
      say`the call was ended for all on ${at}; ${by} signed that, and nobody that they had left before`,
    notEnded: "nobody signed when and how this came to an end",
    said: (clause: string, code: string) => say`${clause}: ${code}`,
    none: "no answer of theirs is in this record",
  },
  declined: (at: string, device: string) => say`declined on ${at}, with ${device}; their signature says so`,
  resolution: {
    heading: (number: number, by: string) => say`no. ${number}, by ${by}`,
    file: (name: string, size: string) => say`the file ${name}, ${size}`,
    bytes: (bytes: number) => count(bytes, { one: "# byte", other: "# bytes" }),
    sha256: (hex: string) => say`its SHA-256 is ${hex}`,
    state: (state: string, rule: string) => say`${state}: it ${rule}`,
    asked: (by: string, names: string) =>
      say`whose approval it asks for is what ${by} wrote into it: ${names}`,
    undecided: "undecided by these signatures",
    approve: (who: string, at: string, device: string) => say`${who} approved on ${at}, with ${device}`,
    reject: (who: string, at: string, device: string) => say`${who} rejected on ${at}, with ${device}`,
    cms: (who: string, subject: string, issuer: string) =>
      say`${who} signed the document itself as well (CMS), with a certificate for ${subject} by ${issuer}, which leads to no authority that you gave`,
    cmsTrusted: (who: string, subject: string, issuer: string) =>
      say`${who} signed the document itself as well (CMS), with a certificate for ${subject} by ${issuer}, which leads to an authority that you gave`,
    proposed: (who: string, at: string, device: string) => say`${who} proposed it on ${at}, with ${device}`,
    withdrew: (who: string, at: string) => say`${who} withdrew it on ${at}`,
    nobody: "nobody approved or rejected it in this file",
  },
  rests: {
    noLog: "the file holds nothing of the server’s log",
    keyGiven: (key: string) => say`the server’s log is signed with the key that you gave, ${key}`,
    keyOfFile: (key: string) =>
      say`the server’s log is signed with a key that only this file names, ${key}: ask in another way whether it is the server’s`,
    size: (entries: number) =>
      say`what it says is of the time when the log had ${count(entries, { one: "# entry", other: "# entries" })}`,
    logGiven: (who: string) => say`${who}: the server’s log proves whose devices these are`,
    logOfFile: (who: string) =>
      say`${who}: the log that this file holds proves whose devices these are; whether it is the server’s you have to find out`,
    file: (who: string) => say`${who}: nothing but this file says whose devices these are`,
    certified: (who: string, subject: string, issuer: string) =>
      say`${who}: a certificate for ${subject} by ${issuer} leads to an authority that you gave, and held when they signed`,
    uncertified: (who: string, subject: string, issuer: string) =>
      say`${who}: a certificate for ${subject} by ${issuer} leads to no authority that you gave, and counts for nothing`,
    recovered: (who: string, by: string, at: string) =>
      say`${who}: the administrator ${by} gave them a device in place of all others on ${at}; that rests on their word`,
    guest: (who: string) => say`${who}: nobody verified who this is`,
    otherView: (names: string, entries: number) =>
      say`the server showed ${names} another log, of ${count(entries, { one: "# entry", other: "# entries" })}, than the one in this file`,
    notCompared: (names: string, entries: number) =>
      say`whether ${names} saw the same log, of ${count(entries, { one: "# entry", other: "# entries" })}, the file does not say`,
    viewless: (names: string) =>
      say`${names} did not sign what they saw of the server’s log: whether it was this one, nothing says`,
  },
  server: (at: string, who: string, state: string) => say`${at}: ${who}, ${state}`,
  kept: (who: string, at: string, device: string) =>
    say`${who} wrote this file on ${at}, and signed all of it with ${device}`,
  limits: {
    notKept: "nobody signed for the whole of this file: whoever had it may have left something out",
    kept: (who: string) => say`${who} may have left out what others would not miss`,
    absent: "that something is not in this file does not prove that it was not",
    revocation: "lists of revoked certificates were not asked: this is verified without a network",
    presence: "nobody signed who was in the call together: only answers are proven",
    clocks: "times are what the clocks of the signers showed",
    content: "what was spoken is not in it, but for what was put to them in writing",
    whose: "it names the server by its key: whether that is the key of this server, ask in another way",
  },
  evidence: {
    why: {
      sameSize: "it signed two trees, or two maps, of one size",
      otherBeginning: "the later log that it signed begins otherwise than the earlier one",
      noMap: "it signed a checkpoint that says nothing of whose devices are whose",
      mapNotAtEnd: "the log does not end with the map that its checkpoint names",
      unknownEntry: "something stands in the log that no entry may be",
      outOfOrder: "a statement stands in the log that is not the next one of its history",
      otherMap: "the map that it signed is not what the statements in the log make it",
      rule: "a statement stands in the log that does not hold",
      unsigned: "that key did not sign both, or none of it",
      mayFit: "what it signed may be of one log",
      word: "no signature of the log shows it",
    },
    server: (origin: string) => say`by what the file says, it is about the server ${origin}`,
    found: (at: string) => say`found on ${at}, by the clock of whoever kept it`,
    keyGiven: (key: string) => say`it was verified with the log key that you gave, ${key}`,
    keyOfFile: (key: string) =>
      say`it was verified with the key that this file names, ${key}: it proves a lie of whoever has that key`,
    known: "what was believed:",
    shown: "what was shown then:",
  },
};
