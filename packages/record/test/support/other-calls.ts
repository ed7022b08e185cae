/** Small records of what the call of five has not: two who call each other, a server that lies, a resolution by itself. */
import type { UserId } from "@signet/protocol";

import type { CallRecord } from "../../src/index.ts";
import { at, startMs } from "./call-of-five.ts";
import { seededLog } from "./seeded-keys.ts";
import { WrittenCall } from "./written-call.ts";
import { WrittenLog } from "./written-log.ts";
import { WrittenPerson } from "./written-person.ts";

export const before = startMs - 24 * 60 * 60_000;

export async function twoPeople(log: WrittenLog) {
  const anna = await WrittenPerson.register("anna", "Anna Aalto", before);
  const ben = await WrittenPerson.register("ben", "Ben Baker", before);
  for (const { history } of [anna, ben]) log.append(history);
  await log.checkpoint();
  return { anna, ben, annas: await anna.signIn(at(-60)), bens: await ben.signIn(at(-60)) };
}

/** Each called the other at the same moment: ben's `call` proof is his answer. */
export async function crossedCalls(): Promise<CallRecord> {
  const log = new WrittenLog(seededLog("signet.example/log"));
  const { anna, annas, ben, bens } = await twoPeople(log);
  const call = await WrittenCall.begin(anna, annas, ["ben"], at(0), { log });
  const other = await WrittenCall.begin(ben, bens, ["anna"], at(0.01), { log, name: "other" });
  const [proof] = other.statements;
  if (proof === undefined) throw new Error("no call");
  const answer = { ...other.call, ...call.put(proof) };
  await call.epoch(
    1,
    [0],
    [
      [0, call.call],
      [1, answer],
    ],
    at(0.2),
  );
  call.ends({ by: annas, person: anna }, "end", "ended", at(1));
  return call.record([anna, ben], { answer, atMs: at(2) });
}

/** Nobody keeps it, no log is there: a resolution that was saved by itself. */
export async function resolutionAlone(): Promise<CallRecord> {
  const { anna, annas, ben, bens } = await twoPeople(new WrittenLog(seededLog("signet.example/log")));
  const call = await WrittenCall.begin(anna, annas, ["ben"], at(0));
  const answer = await call.join(ben, bens, at(0.2));
  const both = { type: "all", userIds: ["anna", "ben"] as UserId[], needed: 2 } as const;
  const subject = { type: "text", text: "Sign the lease. “Today”\n\t2 \\ 3" } as const;
  const resolution = call.resolve(answer, { number: 7, epoch: 3, rule: both, subject }, at(1));
  await resolution.decide(answer, "approve", at(1.2));
  return call.record([anna, ben]);
}

/**
 * Ben was shown another log than the one of the file: one as large as that, one whose size is a power of two, or another one.
 * @param isProven the file has the hashes that show it
 */
export async function liedTo(
  size: "same" | "whole" | "other",
  { isProven = true } = {},
): Promise<CallRecord> {
  const signer = seededLog("signet.example/log");
  const log = new WrittenLog(signer);
  const forked = new WrittenLog(signer);
  const { anna, annas, ben, bens } = await twoPeople(log);
  const register = async (userId: string, logs: WrittenLog) =>
    logs.append((await WrittenPerson.register(userId, "Somebody", before)).history);
  for (const { history } of [anna, ben]) forked.append(history);
  if (size === "same") await forked.checkpoint();
  for (const userId of size === "other" ? ["mallory", "mallet"] : ["mallory"]) await register(userId, forked);
  const call = await WrittenCall.begin(anna, annas, ["ben"], at(0), { log });
  const answer = await call.join(ben, bens, at(0.3), call.call.digest, await forked.seen());
  await call.epoch(
    1,
    [0],
    [
      [0, call.call],
      [1, answer],
    ],
    at(0.5),
  );
  for (const userId of size === "same" ? ["carla"] : ["carla", "dora", "emil"]) await register(userId, log);
  const record = await call.record([anna, ben]);
  if (size === "same" || !isProven || record.log === undefined) return record;
  const proof = [...log.consistency(forked.size)];
  const shows = size === "whole" ? [log.rootAt(forked.size), ...proof] : proof;
  return {
    ...record,
    log: { ...record.log, views: [...record.log.views, { size: forked.size, proof: shows }] },
  };
}
