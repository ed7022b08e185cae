/** The call list's digest in the GroupContext: who may be in the call, agreed by all who are in the group (docs/protocol.md, "Call lists"). */
import { type Bytes, equalBytes, type ErrorCode } from "@signet/protocol";
import { type Extension, type GroupContext, type Proposal } from "ts-mls";

/** For private use (RFC 9420 section 17.3). Every leaf names it in its capabilities. */
export const callListExtensionType = 0xf0a1;

/** SHA-256, 32 bytes. */
export const callListDigestBytes = 32;

export const callListExtension = (digest: Uint8Array): Extension => ({
  extensionType: callListExtensionType,
  extensionData: new Uint8Array(digest),
});

/** @returns what the extensions of a GroupContext hold; undefined when they are anything but the one entry */
export function callListDigestIn(extensions: readonly Extension[]): Bytes | undefined {
  const [only, ...more] = extensions;
  const isList = only?.extensionType === callListExtensionType && more.length === 0;
  if (!isList || only.extensionData.length !== callListDigestBytes) return undefined;
  return new Uint8Array(only.extensionData);
}

/** @returns why a group is not one of this call list: `mls.refused` for other extensions or none, `mls.otherList`; undefined where it is */
export function callListRefusal(
  { extensions }: Pick<GroupContext, "extensions">,
  digest: Uint8Array,
): ErrorCode | undefined {
  const held = callListDigestIn(extensions);
  if (held === undefined) return "mls.refused";
  return equalBytes(held, digest) ? undefined : "mls.otherList";
}

/** What brings a group to the digest: nothing where it is there already. */
export const callListProposals = (context: GroupContext, digest: Uint8Array): Proposal[] =>
  callListRefusal(context, digest) === undefined
    ? []
    : [
        {
          proposalType: "group_context_extensions",
          groupContextExtensions: { extensions: [callListExtension(digest)] },
        },
      ];
