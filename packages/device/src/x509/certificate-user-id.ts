import { UserId } from "@signet/protocol";
import type { CertificateUserIdPart, ErrorCode } from "@signet/protocol";

import type { CertificateTrust } from "./certificate-trust.ts";
import type { CertificateIn } from "./certificate.ts";
import { ascii, attributeTypes, attributesOf, textOf } from "./distinguished-name.ts";
import { oidOf } from "./der-tree.ts";
import { nameForms } from "./extensions.ts";

type UserIdRule = Pick<CertificateTrust, "userIdFrom" | "userIdDomain">;

/** userPrincipalName, an otherName of Microsoft's ([MS-WCCE] section 2.2.2.7.7.4). */
const upn = "1.3.6.1.4.1.311.20.2.3";

/**
 * Lower-cased, runs of spaces inside become one dot.
 * @returns else `certificate.noUserId` (nothing stands there), `certificate.otherDomain` (addresses, but none in the domain that counts),
 *   `certificate.severalUserIds`, `certificate.badUserId` (one that is no user ID even so)
 */
export function certificateUserId(
  certificate: CertificateIn,
  { userIdFrom, userIdDomain }: UserIdRule,
): { readonly userId: UserId } | { readonly code: ErrorCode } {
  const values = valuesOf(certificate, userIdFrom, userIdDomain);
  const [only, ...others] = new Set(values.map(userIdOf));
  if (others.length > 0) return { code: "certificate.severalUserIds" };
  if (only !== undefined) return { userId: only };
  if (values.length > 0) return { code: "certificate.badUserId" };
  const isElsewhere = userIdDomain !== undefined && valuesOf(certificate, userIdFrom, undefined).length > 0;
  return { code: isElsewhere ? "certificate.otherDomain" : "certificate.noUserId" };
}

function userIdOf(value: string | undefined): UserId | undefined {
  // Before lower-casing: U+212A, the sign of the kelvin, would become a "k".
  if (value === undefined || !/^[\x20-\x7e]+$/.test(value)) return undefined;
  const result = UserId.safeParse(value.toLowerCase().replace(/(?<=\S) +(?=\S)/g, "."));
  return result.success ? result.data : undefined;
}

function valuesOf(
  certificate: CertificateIn,
  part: CertificateUserIdPart,
  domain: string | undefined,
): readonly (string | undefined)[] {
  const { subject } = certificate;
  switch (part) {
    case "email":
      return localParts(emailsOf(certificate), domain);
    case "upn":
      return localParts(upnsOf(certificate), domain);
    case "cn":
      return attributesOf(subject, attributeTypes.commonName);
    case "serial":
      return attributesOf(subject, attributeTypes.serialNumber);
  }
}

/** What stands before the only `@` of each address in the domain; undefined for what is no address. */
function localParts(
  addresses: readonly (string | undefined)[],
  domain: string | undefined,
): readonly (string | undefined)[] {
  return addresses
    .map((address) => /^([^@]+)@([^@]+)$/.exec(address ?? ""))
    .filter((found) => found === null || domain === undefined || isDomain(found[2], domain))
    .map((found) => found?.[1]);
}

const isDomain = (host: string | undefined, domain: string): boolean =>
  host?.toLowerCase() === domain.toLowerCase();

/** The alternative names, else those in the subject (RFC 5280 section 4.1.2.6). */
export function emailsOf({ subject, extensions }: CertificateIn): readonly (string | undefined)[] {
  const alternative = extensions.alternativeNames.filter(({ form }) => form === nameForms.rfc822Name);
  return alternative.length > 0
    ? alternative.map(({ node }) => ascii(node.contents))
    : attributesOf(subject, attributeTypes.emailAddress);
}

/** User principal names among the alternative names. */
export function upnsOf({ extensions }: CertificateIn): readonly (string | undefined)[] {
  return extensions.alternativeNames
    .filter(({ form, node }) => form === nameForms.otherName && oidOf(node.children[0]) === upn)
    .map(({ node }) => textOf(node.children[1]?.children[0]));
}
