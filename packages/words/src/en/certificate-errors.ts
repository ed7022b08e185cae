/** Errors of certificates, and of their files. */
import type { SomeErrors } from "../catalogue.ts";

const askForAnother = "ask the authority for another one";
const askWhoRuns = "ask the person who runs the server";

export const certificateErrors = {
  "certificate.notAccepted": [
    "no certificates are accepted here: no trust anchors are set",
    "register without a certificate, or ask the person who runs the server",
  ],
  "certificate.malformed": [
    "the certificate, or one of those above it, is not encoded as the standard demands and was refused",
    askForAnother,
  ],
  "certificate.tooMany": [
    "there are more than three certificates between the device's and the trust anchor",
    "ask the authority for one with a shorter way, or the person who runs the server to trust one of those in between",
  ],
  "certificate.tooLarge": [
    "the certificate, or one of those above it, has more than 4096 bytes",
    "use a smaller one of the same key",
  ],
  "certificate.version": [
    "the certificate, or one of those above it, is of X.509 version 1 or 2, and only version 3 says what a key is for",
    "issue it with extensions: `openssl x509 -req` makes version 3 only with -extfile or -copy_extensions",
  ],
  "certificate.paddedSerial": [
    "the serial number of the certificate, or of one above it, has zeros in front, which its encoding (DER) does not allow",
    "ask the authority for another one; converting does not help, since the signature is over these bytes",
  ],
  "certificate.oddDate": [
    "a date of the certificate, or of one above it, is not in UTC to the second, as RFC 5280 demands",
    "ask the authority for another one; converting does not help, since the signature is over these bytes",
  ],
  "certificate.untrusted": [
    "the certificate does not lead to an authority that is trusted here",
    "use one that it issued, with the certificates in between",
  ],
  "certificate.order": [
    "the certificates do not follow one another: behind each has to stand that of the authority that issued it",
    "give the device's own first, then each authority's, up to the one below the trusted authority",
  ],
  "certificate.repeated": [
    "a key stands twice among the certificates, or the trusted authority's own was sent along",
    "give each certificate once, and leave the trusted authority's out",
  ],
  "certificate.badSignature": [
    "the certificate, or one of those above it, bears the name of its issuer but was not signed by that issuer's key",
    "ask the authority for its right certificates; where it has a new key, its new certificate has to be trusted here",
  ],
  "certificate.weakAlgorithm": [
    "the certificate, or one of those above it, is signed in a way that is not accepted, such as with SHA-1",
    "ask the authority for one that is signed with SHA-256, SHA-384, SHA-512 or Ed25519",
  ],
  "certificate.weakKey": [
    "a key in the certificates, the device's or an authority's, is too weak or of a kind that is not accepted",
    "use certificates with P-256, P-384, P-521, Ed25519, or RSA of 2048 to 8192 bits",
  ],
  "certificate.expired": [
    "the certificate, or one of those above it, has expired",
    "its holder can register or sign in with a renewed one for the same key, which the authority issues",
  ],
  "certificate.notYetValid": [
    "the certificate, or one of those above it, is not valid yet",
    "check the clock, or wait for the day on which it begins",
  ],
  "certificate.notAuthority": [
    "a certificate above the device's is not one of an authority that may issue certificates",
    "use the certificate of the authority itself, with CA:TRUE and the right to sign certificates",
  ],
  "certificate.pathTooLong": [
    "an authority may not have as many others below it as stand between it and the device",
    "use a certificate that one of the upper authorities issued",
  ],
  "certificate.authorityPurpose": [
    "an authority above the device's certificate is for other purposes, such as servers, and not for people",
    "use a certificate of an authority for log-on or e-mail",
  ],
  "certificate.nameConstraints": [
    "a name in the certificates is outside of what an authority above may name, or cannot be compared with it",
    "ask the authority for a certificate with names that it may give",
  ],
  "certificate.unknownExtension": [
    "the certificate, or one of those above it, has a critical extension that Signet does not know",
    "ask the authority for one without it",
  ],
  "certificate.disputed": [
    "a second, independent check of the certificates, with their policies and key identifiers, did not accept them",
    "ask the authority whether they belong together, or for others",
  ],
  "certificate.revoked": [
    "the certificate, or one of those above it, was revoked by its authority",
    "ask the authority why; its holder can register or sign in with a new one for the same key",
  ],
  "certificate.crlExpired": [
    "the list of revoked certificates kept here is out of date, so that the certificate could not be checked",
    "ask the person who runs the server for a current list",
  ],
  "certificate.revocationUnknown": [
    "no list of revoked certificates kept here can be used for this one, so that it could not be checked",
    "ask the person who runs the server for a complete list by the authority itself",
  ],
  "certificate.keyUsage": [
    "the certificate is not meant for signing",
    "use the one of your device that is for signatures or authentication",
  ],
  "certificate.purpose": [
    "the certificate is for other purposes than log-on or e-mail, such as for a server",
    "use one that is made for a person",
  ],
  "certificate.ofAuthority": [
    "the certificate is that of an authority, and not of a device",
    "use the one that the authority issued for the device",
  ],
  "certificate.otherKey": [
    "the certificate is for another key than the device's and was refused",
    "use the certificate of this device's key",
  ],
  "certificate.otherUser": ["the certificate names another user ID", "register with the one that it names"],
  "certificate.missing": [
    "this person was met with a certificate, and the server leaves it out now",
    "do not trust this server until it is explained",
  ],
  "certificate.noUserId": [
    "the certificate does not hold a user ID in the place where this server looks for it",
    askWhoRuns,
  ],
  "certificate.otherDomain": [
    "no address in the certificate is in the domain whose addresses give a user ID here",
    "use a certificate for an address in that domain, or ask the person who runs the server",
  ],
  "certificate.severalUserIds": [
    "the certificate holds several user IDs that differ",
    "use one that holds a single one, or ask the person who runs the server",
  ],
  "certificate.badUserId": [
    "what stands in the place of the user ID in the certificate cannot be one: 2 to 32 of the characters a-z 0-9 . _ -",
    "use a certificate with another name or address, or ask the person who runs the server",
  ],

  "certificate.fileWithout": [
    "there is no certificate in it",
    "it must hold certificates in PEM, one after another, or one in DER",
  ],
  "certificate.fileTooMany": ["it holds more than 256 certificates", "keep those that are needed"],
  "certificate.fileTooLarge": ["it has more than 64 MiB", "give the right file"],
  "certificate.fileDamaged": [
    "a certificate in it is cut off or garbled",
    "copy it anew, with the lines BEGIN and END and all between them",
  ],
  "certificate.filePkcs7": [
    "it is PKCS #7 (P7B), which holds certificates in another form",
    "convert it: openssl pkcs7 -print_certs -in FILE -out certificates.pem, with -inform DER where it is binary",
  ],
  "certificate.filePkcs12": [
    "it is PKCS #12 (PFX, P12), which holds a private key as well",
    "take the certificates out: openssl pkcs12 -nokeys -in FILE -out certificates.pem",
  ],
  "certificate.fileKey": [
    "there is a private key in it, which does not belong beside certificates",
    "keep the certificates alone: openssl x509 -in FILE -out certificate.pem",
  ],
  "certificate.fileRequest": [
    "it is a request for a certificate, and not what the authority made of it",
    "give the certificate that the authority issued",
  ],
  "certificate.fileOther": [
    "it holds something else than certificates",
    "give certificates in PEM, one after another; of a TRUSTED CERTIFICATE openssl x509 -in FILE makes one",
  ],
  "certificate.crlNone": [
    "there is no list of revoked certificates in it",
    "give lists in PEM, one after another, or one in DER",
  ],
  "certificate.crlTooMany": ["it holds more than 64 lists", "keep those of the authorities that are trusted"],
  "certificate.crlOther": [
    "it holds something else than lists of revoked certificates",
    "give lists alone, in PEM, one after another, or one in DER",
  ],
  "certificate.crlMalformed": [
    "a list of revoked certificates cannot be read: it is cut off, or not encoded as the standard demands",
    "fetch it anew from the authority",
  ],
  "certificate.crlVersion": [
    "the list of revoked certificates is of version 1, and only version 2 says what a list is about",
    "`openssl ca -gencrl` makes version 2 where its configuration names a crlnumber",
  ],
  "certificate.crlIndirect": [
    "the list of revoked certificates is indirect: it may speak for other authorities than the one that signed it",
    "give the list that each authority signs for itself",
  ],
  "certificate.crlNoAnchor": [
    "the list of revoked certificates is in the name of no trust anchor, so that it counts for authorities below them alone",
    "check that it is the right one, or that the right authority is trusted",
  ],
  "certificate.crlOtherKey": [
    "the list of revoked certificates is in the name of a trust anchor, but was not signed by its key",
    "fetch it anew from the authority; without another one, who is certified by it is refused",
  ],
  "certificate.crlOtherName": [
    "the list of revoked certificates was signed by a trust anchor's key, but is in another name",
    "give the one in the authority's name; without it, who is certified by it is refused",
  ],
  "certificate.crlPartial": [
    "the list of revoked certificates does not say all there is to say",
    "give a complete one; without it, who is certified by its authority is refused",
  ],
  "certificate.crlNotYet": [
    "the list of revoked certificates has not begun",
    "check the clock; until it begins, who is certified by its authority is refused",
  ],
  "certificate.crlOver": [
    "the list of revoked certificates is over, and a newer one should have come",
    "fetch it from the authority; without it, who is certified by it is refused",
  ],
  "certificate.crlEndless": [
    "the list of revoked certificates does not say when the next one comes",
    "give one that does; without it, who is certified by its authority is refused",
  ],
} as const satisfies SomeErrors;
