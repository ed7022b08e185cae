/** A call of anna and ben, with carla, who is only registered: what a test makes wrong in it is signed as if it were right. */
import { guestIdOfKey } from "@signet/device";

import type { CallRecord } from "../../src/index.ts";
import { at, startMs } from "./call-of-five.ts";
import { seededDevice, seededLog } from "./seeded-keys.ts";
import { WrittenCall } from "./written-call.ts";
import type { WrittenAnswer } from "./written-call.ts";
import { WrittenLog } from "./written-log.ts";
import { WrittenPerson } from "./written-person.ts";
import type { SignedIn } from "./written-person.ts";

export interface SmallCall {
  readonly anna: WrittenPerson;
  readonly ben: WrittenPerson;
  readonly carla: WrittenPerson;
  readonly carlas: SignedIn;
  readonly log: WrittenLog;
  readonly call: WrittenCall;
  readonly annas: WrittenAnswer;
  readonly bens: WrittenAnswer;
  /** Of anna, ben, carla and whoever is named. */
  readonly record: (...others: readonly WrittenPerson[]) => Promise<CallRecord>;
}

export async function smallCall({
  invited = ["ben"] as readonly string[],
  withLog = true,
} = {}): Promise<SmallCall> {
  const log = new WrittenLog(seededLog("signet.example/log"));
  const people = await Promise.all(
    ["Anna", "Ben", "Carla"].map((name) =>
      WrittenPerson.register(name.toLowerCase(), name, startMs - 86_400_000),
    ),
  );
  const [anna, ben, carla] = people as [WrittenPerson, WrittenPerson, WrittenPerson];
  for (const { history } of people) log.append(history);
  await log.checkpoint();
  const signedIn = await Promise.all(people.map((person) => person.signIn(at(-30))));
  const [annaIn, benIn, carlas] = signedIn as [SignedIn, SignedIn, SignedIn];
  const call = await WrittenCall.begin(anna, annaIn, invited, at(0), { log: withLog ? log : undefined });
  const bens = await call.join(ben, benIn, at(0.2));
  await call.epoch(
    1,
    [0],
    [
      [0, call.call],
      [1, bens],
    ],
    at(0.5),
  );
  const record = (...others: readonly WrittenPerson[]) => call.record([...people, ...others]);
  return { anna, ben, carla, carlas, log, call, annas: call.call, bens, record };
}

/** A guest whom ben vouches for, and anna lets in, and what they answered. */
export async function withGuest(
  { annas, bens, call }: SmallCall,
  { guestName = "Gus", registeredAs = "Gus", isLetIn = true } = {},
) {
  const device = await seededDevice("gus");
  const guest = await WrittenPerson.register(await guestIdOfKey(device.publicKey), registeredAs, at(1), {
    device,
  });
  const vouched = await call.vouch(bens, guest, guestName, at(1.1));
  if (isLetIn) call.says(annas, { purpose: "let-in", vouch: vouched.digest }, at(1.2));
  const answer = await call.join(guest, guest.asRegistered, at(1.3), vouched.digest);
  return { guest, vouched, answer };
}
