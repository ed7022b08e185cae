import { accept } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const lookup: Handler<"directory.lookup", SignedInAsker> = async (
  services,
  _from,
  { userIds },
  respond,
) => {
  const { directory, sessions } = services;
  const people = await Promise.all(
    userIds.map(async (userId) => {
      const entry = (await directory.personOf(userId))?.history;
      return { userId, reachable: sessions.isReachable(userId), ...(entry === undefined ? {} : { entry }) };
    }),
  );
  respond(accept({ people }));
};

export const watch: Handler<"presence.watch", SignedInAsker> = (
  { sessions },
  { connection },
  { userIds },
  respond,
) => {
  sessions.watch(connection, userIds);
  respond(accept({ people: userIds.map((userId) => ({ userId, reachable: sessions.isReachable(userId) })) }));
};
