import { isGuestId } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { Services } from "../services.ts";
import { accept, refuse } from "../ws/answer.ts";
import { senderOf } from "./call.ts";
import type { Handler, SignedInAsker } from "./handler.ts";
import { knownTo } from "./people.ts";

/** To a guest of those alone whom a call of theirs names, and of administrators. */
export const directoryProofs: Handler<"directory.prove", SignedInAsker> = async (
  services,
  from,
  body,
  respond,
) => {
  const { userId } = senderOf(from);
  if (isGuestId(userId)) {
    const mayKnow = knownTo(services, userId);
    const others = body.userIds.filter((one) => !mayKnow(one));
    if (!(await areAdministrators(services, others))) return respond(refuse("guest.notAllowed"));
  }
  return proofsOf(services, from, body, respond);
};

/** Where nobody is signed in: of administrators alone, whose histories anybody may ask for, since what signs people in may rest on them. */
export const openProofs: Handler<"directory.prove"> = async (services, from, body, respond) =>
  (await areAdministrators(services, body.userIds))
    ? proofsOf(services, from, body, respond)
    : respond(refuse("auth.signInRequired"));

const proofsOf: Handler<"directory.prove"> = async ({ directoryLog }, _from, { from, userIds }, respond) => {
  respond(accept(await directoryLog.prove(userIds, from)));
};

async function areAdministrators(
  { administration, directory }: Services,
  userIds: readonly UserId[],
): Promise<boolean> {
  const people = await Promise.all(userIds.map((userId) => directory.personOf(userId)));
  return people.every((person) => person !== undefined && administration.everAdministered(person));
}

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
