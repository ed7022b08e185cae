/** Errors about what those in a call say to each other, sealed, and about what they approve. */
import type { SomeErrors } from "../catalogue.ts";

export const resolutionErrors = {
  "word.counter": [
    "Signet was about to seal two words alike, and did not",
    "leave the call, join it again, and report this",
  ],
  "word.gap": [
    "something that was said in the call did not arrive here",
    "ask the others what it was, and compare safety codes",
  ],
  "word.notOffered": [
    "this server passes on no sealed words, so that nothing can be resolved in calls",
    "ask who runs it to update it",
  ],
  "word.notSigned": [
    "somebody in the call said something in another person's name, and it was refused",
    "ask the others what they said, and who it may have been",
  ],
  "word.otherOrder": [
    "the server shows the others in the call other words than here, or in another order",
    "do not rely on what was resolved since, and ask who runs the server",
  ],
  "word.tooMany": ["too much was said in the call in a short time", "wait a minute, and try again"],
  "word.unreadable": [
    "something that was said in the call cannot be read here",
    "ask the others what it was; what is to be approved can be proposed again",
  ],

  "resolution.badRule": [
    "it takes the approval of one or more of those in the call, and at most all of them, or of up to 256 named people; guests approve nothing",
    "propose it again with a number, or people, that fit",
  ],
  "resolution.badText": [
    "a resolution is a text of 1 to 4,000 characters, or a file with a name",
    "write it shorter, or propose a file",
  ],
  "resolution.closed": [
    "this resolution is decided, or was withdrawn, so that it takes no more",
    "propose it again if it is wanted",
  ],
  "resolution.decided": [
    "this person decided about this resolution before, and the first decision stands",
    "propose it again if it is to be changed",
  ],
  "resolution.guest": [
    "guests have no device that proves who they are, so that they neither propose nor approve",
    "ask somebody in the call who has one",
  ],
  "resolution.malformed": [
    "a resolution, or a word about one, is not of the form that it has to have",
    "ask whose it is to propose it again",
  ],
  "resolution.noCertificate": [
    "this device has no certificate, so that it signs no document, and nothing was signed",
    "approve without the file; or sign in with a certificate for the key",
  ],
  "resolution.notAsked": [
    "this person's approval is not asked for",
    "ask who proposed it to name them in another one",
  ],
  "resolution.notProposer": [
    "only who proposed a resolution can withdraw it",
    "reject it, or ask them to withdraw it",
  ],
  "resolution.notShown": [
    "the whole resolution was not shown, so that nothing was signed",
    "read it to its end first",
  ],
  "resolution.numberTaken": [
    "this person proposed two resolutions under one number",
    "approve neither before you asked them which one they mean",
  ],
  "resolution.otherCall": [
    "this resolution is of another call, and was refused",
    "ask whose it is to propose it here",
  ],
  "resolution.otherDocument": [
    "this file is another one than the resolution names, and nothing was signed",
    "give the very file that was proposed, or ask who proposed it for it",
  ],
  "resolution.otherKey": [
    "the document signature (CMS) that came with an approval is by another key, or of another time, than the approval, and was refused; the approval counts",
    "ask who approved for a document signature of their own",
  ],
  "resolution.otherPeople": [
    "a resolution for all does not name those who were in the call when it was proposed, and was refused",
    "ask whose it is to propose it again",
  ],
  "resolution.otherPerson": [
    "this word about a resolution is not by the person whose it is said to be, and was refused",
    "ask the others what they decided",
  ],
  "resolution.otherText": [
    "what was approved is not the text that is shown here under this number",
    "read it to each other, and propose it again",
  ],
  "resolution.tooMany": [
    "there are as many resolutions as a call can have",
    "decide about them in another call",
  ],
  "resolution.unknown": ["no such resolution is known here", "ask who proposed it to propose it again"],
} as const satisfies SomeErrors;
