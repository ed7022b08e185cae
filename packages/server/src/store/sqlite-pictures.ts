import type { DatabaseSync } from "node:sqlite";

import { decodeTranscript, UserId } from "@signet/protocol";
import type { ProofIn } from "@signet/protocol";

import type { PictureStore } from "./picture-store.ts";
import type { StoreWays } from "./store-ways.ts";
import { decodeStored, encodeStored } from "./stored-json.ts";

/** Pictures that people chose of themselves, of one database. */
export function sqlitePictures(database: DatabaseSync, { read, write }: StoreWays): PictureStore {
  const one = database.prepare("SELECT user_id, picture, proof FROM pictures WHERE user_id = ?");
  const put = database.prepare(
    "INSERT INTO pictures (user_id, picture, proof) VALUES (?, ?, ?)" +
      " ON CONFLICT (user_id) DO UPDATE SET picture = excluded.picture, proof = excluded.proof",
  );
  const remove = database.prepare("DELETE FROM pictures WHERE user_id = ?");
  const blocked = database.prepare("SELECT at_ms FROM blocks WHERE user_id = ? AND blocked_id = ?");
  /** By the time that its device signed. */
  const isSinceBlocked = (askerId: UserId, userId: UserId, { transcript }: ProofIn): boolean => {
    const atMs = blocked.get(userId, askerId)?.["at_ms"];
    return atMs !== undefined && (decodeTranscript(transcript)?.issuedAtMs ?? 0) > Number(atMs);
  };
  return {
    of: (askerId, userIds) =>
      read(() =>
        userIds.flatMap((userId) => {
          const row = one.get(userId);
          if (row === undefined || !(row["picture"] instanceof Uint8Array)) return [];
          const proof = decodeStored(String(row["proof"])) as ProofIn;
          if (isSinceBlocked(askerId, userId, proof)) return [];
          return [{ userId: UserId.parse(row["user_id"]), picture: new Uint8Array(row["picture"]), proof }];
        }),
      ),
    put: ({ picture, proof, userId }) => write(() => void put.run(userId, picture, encodeStored(proof))),
    delete: (userId) => write(() => void remove.run(userId)),
  };
}
