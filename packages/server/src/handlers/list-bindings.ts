import { decodeTranscript } from "@signet/protocol";
import type { ProofIn } from "@signet/protocol";

import { accept } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

/** Where a person's own devices signed in last: nobody else is told. */
export const listBindings: Handler<"binding.list", SignedInAsker> = async (
  { sessions, store },
  { session },
  _body,
  respond,
) => {
  const { userId } = session.stored;
  const former = await store.signInsOf(userId);
  const standing = sessions.of(userId);
  const isStanding = (proof: ProofIn): boolean =>
    standing.some(({ stored }) => stored.deviceId === deviceOf(proof));
  const bindings = [
    ...standing.map(({ endpoint, stored: { proof } }) => {
      return { proof, state: endpoint === undefined ? "away" : "connected" } as const;
    }),
    ...former.filter((proof) => !isStanding(proof)).map((proof) => ({ proof, state: "ended" }) as const),
  ];
  respond(accept({ bindings }));
};

function deviceOf({ transcript }: ProofIn): string | undefined {
  const decoded = decodeTranscript(transcript);
  return decoded !== undefined && "deviceId" in decoded ? decoded.deviceId : undefined;
}
