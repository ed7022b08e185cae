/** The file of what was resolved in a call: what was signed, and the key histories of all who signed, as this terminal knows them. */
import { encodeMessage, encodeResolution } from "@signet/protocol";
import type { CallId, DirectoryEntryIn, UserId } from "@signet/protocol";

import type { Directory } from "../../people/directory.ts";
import type { VerifiedCall } from "../verify-call.ts";
import type { HeldResolution } from "./held-resolution.ts";
import { transcriptOf } from "./resolution-words.ts";
import type { SavedResolutions } from "./resolutions-api.ts";

/** @returns JSON */
export async function savedResolutions(
  { callProof, serverOrigin }: Pick<VerifiedCall, "callProof" | "serverOrigin">,
  held: readonly HeldResolution[],
  directory: Directory,
): Promise<string> {
  const signed = held.flatMap(({ proposal, said }) => [proposal, ...said]);
  const signers = new Set([
    callProof.transcript.userId,
    ...signed.flatMap((stated) => transcriptOf(stated)?.userId ?? []),
  ]);
  const people: DirectoryEntryIn[] = [];
  for (const userId of signers) people.push((await directory.person(userId as UserId)).person.history);
  const file: SavedResolutions = {
    format: "signet-resolutions",
    version: 1,
    serverOrigin,
    callId: callProof.transcript.callId as CallId,
    call: callProof.raw,
    resolutions: held.map(({ proposal, resolution, said }) => ({
      resolution: encodeResolution(resolution),
      proposal,
      said,
    })),
    people,
  };
  return encodeMessage(file);
}
