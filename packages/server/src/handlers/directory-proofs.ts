import type { UserId } from "@signet/protocol";

import type { Services } from "../services.ts";
import { accept, refuse } from "../ws/answer.ts";
import type { Handler } from "./handler.ts";

/** Whose histories anybody may ask for: what signs people in may rest on them. */
export async function areAdministrators(
  { administration, directory }: Services,
  userIds: readonly UserId[],
): Promise<boolean> {
  const people = await Promise.all(userIds.map((userId) => directory.personOf(userId)));
  return people.every((person) => person !== undefined && administration.everAdministered(person));
}

export const directoryProofs: Handler<"directory.prove"> = async (
  { directoryLog },
  _from,
  { from, userIds },
  respond,
) => {
  respond(accept(await directoryLog.prove(userIds, from)));
};

/** For anybody: it says nothing of people. */
export const directoryConsistency: Handler<"directory.consistency"> = async (
  { directoryLog },
  _from,
  { from, to },
  respond,
) => {
  const proof = await directoryLog.consistency(from, to);
  respond(proof === undefined ? refuse("log.noSuchSize") : accept({ proof: [...proof] }));
};
