/** What was verified, and what is warned of. */
import { say } from "../say.ts";

export const verification = {
  meaning: {
    webauthn: "The private key cannot be read out by this browser or by the server.",
    pkcs11:
      "The key stays in the card or token, and a PIN opens it. That it is one is what their terminal says.",
    software:
      "A key kept in a file. Whoever copies the file and knows its passphrase can sign as this person.",
  },
  pinUnknown:
    "not known: cards and tokens ask for the PIN when they are opened, and do not sign that they did",
  pinChecked: "checked by the device",
  pinNotAsked: "not asked for",
  anchor: {
    server: "Your browser checked its signature. That this authority is to be trusted is the server's word.",
    terminal: "You trust this authority, and this terminal checked that it signed.",
  },
  firstTime: (userId: string) =>
    say`You have not met this key before. The server says that this is ${userId}; make sure that it is who you think.`,
  firstTimeCertified: (issuer: string, subject: string) =>
    say`You have not met this key before. ${issuer} certifies that it belongs to ${subject}.`,
  firstTimeByServer: (issuer: string, subject: string) =>
    say`You have not met this key before. ${issuer} certifies that it belongs to ${subject}; that this authority is to be trusted is the server's word, so make sure that it is who you think.`,
  verified: "Verified",
  softwareKey: "software key",
  certifiedBy: (issuer: string) => say`certified by ${issuer}`,
  firstSeen: "first time",
  behind: (name: string) => say`. ${name}: what stands behind it`,
  device: "Device",
  certificate: "Certificate",
  certificateFacts: (subject: string, issuer: string, until: string) =>
    say`for ${subject}, certified by ${issuer}, valid until ${until}`,
  touched: "Touched",
  signed: "Signed",
  forThisCall: (time: string) => say`${time}, for this call only`,
  pin: "PIN or fingerprint",
  key: "Key",
  keyNew: "first seen now",
  keyKnown: "the one this browser has met before",
  makeSure: "Make sure that it is this person: ask, or compare the code of the call.",
  recovered: "Recovered",
  recoveredBy: (userId: string, on: string) => say`by the administrator ${userId} on ${on}`,
  recoveredText: "Their former devices were lost. This stays to be seen.",
  ownKeyTitle: "This browser knew you by another key",
  ownKeyText: (userId: string) =>
    say`You signed in as ${userId} with another device than the one that was known here. If you have a new one, all is well. If not, somebody registered your user ID anew: tell the person who runs this server.`,
  answeredYours: (names: string) => say`${names} is joining your call. Stay in it.`,
  keyIsKnown: (userId: string) =>
    say`The new key of ${userId} is the one to know from now on. You can try again.`,
  iKnow: (userId: string) => say`I know that ${userId} has a new device`,
  keyIsTrusted: (userId: string) => say`The new key of ${userId} is trusted.`,
  trustText: (key: string, userId: string) =>
    say`From then on this browser takes whoever holds the key ${key} for ${userId}, without another warning.`,
  iAsked: (userId: string) => say`I asked ${userId} in another way than through this server`,
  trust: (userId: string) => say`Trust the new key of ${userId}`,
  noticedAt: (time: string) => say`Noticed at ${time}`,
  refusedAt: (time: string) => say`Refused at ${time}`,
  advice: {
    keyChanged: {
      title: "A person's key is not the one you know",
      steps: [
        "It may be harmless: a new security key after the old one was lost.",
        "It may be somebody else who pretends to be this person, with the help of the server.",
        "Ask the person in another way, face to face or by telephone, whether the device is new.",
      ],
    },
    comparedRecovered: {
      title: "What you compared in person is undone",
      steps: [
        "The device that stands for them now was vouched for by an administrator, and not by a device that you compared.",
        "Their badge does not say any more that you compared.",
        "Compare again when you meet. Until then it is with them as with somebody whom you never compared with.",
      ],
    },
    otherThanCompared: {
      title: "This is not who you compared with in person",
      steps: [
        "Nothing in the name of this person is accepted here: no call, no answer.",
        "It may be somebody else who pretends to be this person, with the help of the server.",
        "Did they begin anew, and told you so face to face? Then take the comparison back, in their card among your people, and compare again.",
      ],
    },
    rejectedMember: {
      title: "Somebody could not be verified",
      steps: [
        "This terminal left at once, and what is said from now on does not reach it or come from it.",
        "Start again with the people you know. If it happens again, the server is not to be trusted.",
      ],
    },
    framesStopped: {
      title: "Your sound was stopped",
      steps: ["Signet sends nothing that is not encrypted.", "Leave and join again, or use another browser."],
    },
    badEntry: {
      title: "The server's directory does not verify",
      steps: ["Tell the person who runs this server, in another way than through it."],
    },
    certificateMissing: {
      title: "A certificate is missing",
      steps: [
        "The server may hide that it ran out or was revoked.",
        "Ask the person in another way, and tell whoever runs this server.",
      ],
    },
    administratorUnknown: {
      title: "The server shows another administrator",
      steps: [
        "It may be harmless: whoever runs the server took somebody on.",
        "It may be that the server wants to bring in devices of its own for people you know.",
      ],
    },
    administratorLapsed: {
      title: "An administrator rests on somebody's word that counts no more",
      steps: [
        "It may be harmless: whoever appointed or recovered them left since, or has other devices now.",
        "It may be that somebody who administers no more wants to bring in devices of their own for people you know.",
      ],
    },
  },
};
