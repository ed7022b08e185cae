/** Of signatures of documents by certificate (CMS). */
const askForAnother = "ask whoever signed for another signature, made with Signet";

export const cmsErrors = {
  "cms.malformed": [
    "this is no signature of a document in the form that Signet makes (CMS SignedData in DER), or something in it was changed",
    "give the file as it was made, in DER; what others made can be verified with `openssl cms -verify`",
  ],
  "cms.attached": [
    "the document is in the signature's own file, and here it has to stand beside it",
    "verify it with `openssl cms -verify`, or ask for a detached signature",
  ],
  "cms.signers": ["there is not exactly one signer in the file", "ask each signer for a file of their own"],
  "cms.attributes": [
    "what was signed beside the document is not what it has to be: content type, digest, time and certificate, and nothing else",
    askForAnother,
  ],
  "cms.algorithm": [
    "it is signed in a way that is not accepted, such as with SHA-1, or that does not go with the key of the certificate",
    askForAnother,
  ],
  "cms.signer": [
    "the certificate that the signature names is not in the file, or is another one than was signed for",
    askForAnother,
  ],
  "cms.otherDocument": [
    "the signature is for another document, or the document was changed since",
    "compare it with the document that was signed, byte for byte",
  ],
  "cms.documentNeeded": [
    "an Ed25519 key signs another digest of a file than the SHA-256 by which it is known here, so that nobody could hold the signature against it",
    "approve without the file, or sign with a key of another type",
  ],
  "cms.signature": [
    "the signature was not made by the key of the certificate, or was changed",
    "do not believe it; ask whoever is said to have signed",
  ],
  "cms.signingTime": [
    "it says that it was signed when the certificate did not hold, or later than it is now",
    "check the clock; where that is right, ask whoever signed for another one",
  ],
} as const;
