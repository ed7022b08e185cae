import type { Bytes } from "@signet/protocol";
import { decodeMlsMessage, encodeMlsMessage, type GroupInfo } from "ts-mls";

const changed = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte));

/** A GroupInfo with one part of it changed, under its old signature. */
export function alteredGroupInfo(
  message: Bytes,
  what: "groupContext" | "externalPub" | "confirmationTag" | "signature" | "signer",
): Bytes {
  const decoded = decodeMlsMessage(message, 0)?.[0];
  if (decoded?.wireformat !== "mls_group_info") throw new Error("not a GroupInfo");
  const groupInfo = alter(decoded.groupInfo, what);
  return new Uint8Array(encodeMlsMessage({ version: "mls10", wireformat: "mls_group_info", groupInfo }));
}

function alter(groupInfo: GroupInfo, what: Parameters<typeof alteredGroupInfo>[1]): GroupInfo {
  const { groupContext, confirmationTag, extensions, signature, signer } = groupInfo;
  switch (what) {
    case "groupContext": {
      const confirmedTranscriptHash = changed(groupContext.confirmedTranscriptHash);
      return { ...groupInfo, groupContext: { ...groupContext, confirmedTranscriptHash } };
    }
    case "externalPub":
      return {
        ...groupInfo,
        extensions: extensions.map((one) =>
          one.extensionType === "external_pub" ? { ...one, extensionData: changed(one.extensionData) } : one,
        ),
      };
    case "confirmationTag":
      return { ...groupInfo, confirmationTag: changed(confirmationTag) };
    case "signature":
      return { ...groupInfo, signature: changed(signature) };
    case "signer":
      return { ...groupInfo, signer: signer === 0 ? 1 : 0 };
  }
}
