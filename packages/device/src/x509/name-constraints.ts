/** Name constraints (RFC 5280 section 4.2.1.10): of e-mail addresses and directory names; any other is refused where it matters. */
import { attributeTypes, attributesOf, ascii, rdnsOf } from "./distinguished-name.ts";
import type { CertificateIn } from "./certificate.ts";
import type { DerNode } from "./der-tree.ts";
import { nameForms } from "./extensions.ts";
import type { GeneralName, NameConstraints } from "./extensions.ts";
import { comparableRdn } from "./name-comparison.ts";

/** What a certificate calls its holder. A form that Signet cannot compare is there by its number alone. */
interface HolderName {
  readonly form: number;
  readonly email?: string | undefined;
  readonly directory?: DerNode | undefined;
}

function holderNames({ subject, extensions }: CertificateIn): readonly HolderName[] {
  const found: HolderName[] = extensions.alternativeNames.map(({ form, node }) => ({
    form,
    email: form === nameForms.rfc822Name ? ascii(node.contents) : undefined,
    directory: form === nameForms.directoryName ? node.children[0] : undefined,
  }));
  if (subject.children.length > 0) found.push({ form: nameForms.directoryName, directory: subject });
  // Also beside an alternative name: the user ID could come from it.
  for (const email of attributesOf(subject, attributeTypes.emailAddress)) {
    found.push({ form: nameForms.rfc822Name, email });
  }
  return found;
}

/** Whether each name in `certificate` lies within what an authority above it may name. */
export function isWithin(certificate: CertificateIn, constraints: NameConstraints): boolean {
  return holderNames(certificate).every((name) => {
    const permitted = constraints.permitted.filter(({ form }) => form === name.form);
    const excluded = constraints.excluded.filter(({ form }) => form === name.form);
    if (permitted.length === 0 && excluded.length === 0) return true;
    const matches = (base: GeneralName) => isInSubtree(name, base);
    const insidePermitted = permitted.map(matches);
    const insideExcluded = excluded.map(matches);
    // Undefined: cannot be compared.
    if ([...insidePermitted, ...insideExcluded].includes(undefined)) return false;
    return (permitted.length === 0 || insidePermitted.includes(true)) && !insideExcluded.includes(true);
  });
}

function isInSubtree(name: HolderName, { form, node }: GeneralName): boolean | undefined {
  switch (form) {
    case nameForms.rfc822Name: {
      const base = ascii(node.contents);
      return name.email === undefined || base === undefined ? undefined : isMailboxWithin(name.email, base);
    }
    case nameForms.directoryName: {
      const [base] = node.children;
      return name.directory === undefined || base === undefined
        ? undefined
        : isNameWithin(name.directory, base);
    }
    default:
      return undefined;
  }
}

/** @param base a mailbox, a host, or with a dot in front all hosts below a domain @returns undefined for what is no mailbox */
function isMailboxWithin(email: string, base: string): boolean | undefined {
  const [local, host, ...rest] = email.split("@");
  if (local === undefined || local === "" || host === undefined || host === "" || rest.length > 0)
    return undefined;
  const lowerHost = host.toLowerCase();
  const at = base.indexOf("@");
  if (at >= 0) return local === base.slice(0, at) && lowerHost === base.slice(at + 1).toLowerCase();
  const lowerBase = base.toLowerCase();
  return lowerBase.startsWith(".") ? lowerHost.endsWith(lowerBase) : lowerHost === lowerBase;
}

/** Whether the RDNs of `base` are the first of `name`. */
function isNameWithin(name: DerNode, base: DerNode): boolean | undefined {
  const inner = rdnsOf(name);
  const outer = rdnsOf(base);
  if (inner === undefined || outer === undefined) return undefined;
  return outer.every((rdn, i) => comparableRdn(rdn) === comparableRdn(inner[i] ?? []));
}
