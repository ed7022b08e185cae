import type { DatabaseSync } from "node:sqlite";

import type { UserId } from "@signet/protocol";

import { blockedIn } from "./sqlite-blocks.ts";
import type { StoreWays } from "./store-ways.ts";
import type { PresenceStore } from "./store.ts";

/** Who may see whether people are there, of one database. */
export function sqlitePresence(database: DatabaseSync, { read, write }: StoreWays): PresenceStore {
  const choice = database.prepare("SELECT who, do_not_disturb FROM presence_choices WHERE user_id = ?");
  const isShown = database.prepare("SELECT 1 FROM presence_shown WHERE user_id = ? AND shown_id = ?");
  const put = database.prepare(
    "INSERT INTO presence_choices (user_id, who, do_not_disturb) VALUES (?, ?, ?) " +
      "ON CONFLICT (user_id) DO UPDATE SET who = excluded.who, do_not_disturb = excluded.do_not_disturb",
  );
  const shown = database.prepare("SELECT shown_id FROM presence_shown WHERE user_id = ?");
  const hide = database.prepare("DELETE FROM presence_shown WHERE user_id = ? AND shown_id = ?");
  const show = database.prepare("INSERT OR IGNORE INTO presence_shown (user_id, shown_id) VALUES (?, ?)");
  const isBlocked = blockedIn(database);

  /** Whoever chose nothing is seen by everybody. */
  function sees(watcherId: UserId, userId: UserId): boolean {
    if (watcherId === userId) return true;
    if (isBlocked(userId, watcherId)) return false;
    const who = choice.get(userId)?.["who"] ?? "everybody";
    return who === "everybody" || (who === "people" && isShown.get(userId, watcherId) !== undefined);
  }
  const isDoNotDisturb = (userId: UserId): boolean => choice.get(userId)?.["do_not_disturb"] === 1;

  return {
    seenBy: (watcherId, userIds) =>
      read(
        () =>
          new Map(
            userIds.flatMap((userId) =>
              sees(watcherId, userId) ? [[userId, { doNotDisturb: isDoNotDisturb(userId) }] as const] : [],
            ),
          ),
      ),
    watchersOf: (userId, watcherIds) =>
      read(() => ({
        doNotDisturb: isDoNotDisturb(userId),
        watcherIds: new Set(watcherIds.filter((watcherId) => sees(watcherId, userId))),
      })),
    choose: (userId, { doNotDisturb, userIds, who }) =>
      write(() => {
        // What is the same is not written anew: it is told at each sign-in, and overwriting a long list costs something.
        const before = choice.get(userId);
        const wanted = doNotDisturb ? 1 : 0;
        if (before?.["who"] !== who || before["do_not_disturb"] !== wanted) put.run(userId, who, wanted);
        const shownBefore = new Set(shown.all(userId).map((row) => row["shown_id"]));
        const shownNow: ReadonlySet<unknown> = new Set(userIds);
        for (const shownId of shownBefore) if (!shownNow.has(shownId)) hide.run(userId, String(shownId));
        for (const shownId of userIds) show.run(userId, shownId);
      }),
  };
}
