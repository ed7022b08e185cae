/**
 * A call of five: anna calls ben and carla, ben brings in dora and emil, carla moves to her telephone, a guest comes, ben becomes host and puts emil out,
 * who is invited again; dora, whom ruth recovered before, loses her device after the call. Three resolutions. The record is kept by ben.
 */
import { guestIdOfKey } from "@signet/device";
import type { UserId } from "@signet/protocol";

import type { CallRecord } from "../../src/index.ts";
import { named, seededDevice, seededLog } from "./seeded-keys.ts";
import { WrittenCall } from "./written-call.ts";
import { WrittenLog } from "./written-log.ts";
import { WrittenPerson } from "./written-person.ts";

export const startMs = 1_790_000_000_000;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Minutes after the call began. */
export const at = (minutes: number): number => startMs + Math.round(minutes * minuteMs);

export interface CallOfFive {
  readonly record: CallRecord;
  readonly log: WrittenLog;
  readonly call: WrittenCall;
}

export async function callOfFive({ withLog = true, isKept = true } = {}): Promise<CallOfFive> {
  const log = new WrittenLog(seededLog("signet.example/log"));
  const before = startMs - 10 * dayMs;
  const register = async (userId: string, name: string) => {
    const person = await WrittenPerson.register(userId, name, before);
    log.append(person.history);
    return person;
  };
  const anna = await register("anna", "Anna Aalto");
  const ben = await register("ben", "Ben Baker");
  const carla = await register("carla", "Carla Conti");
  const dora = await register("dora", "Dora Dufour");
  const emil = await register("emil", "Emil Ek");
  const ruth = await register("ruth", "Ruth Rossi");
  await log.checkpoint();
  const carlasTelephone = await seededDevice("carla telephone");
  await carla.add(carlasTelephone, before + dayMs);
  log.append(carla.history);
  const dorasNew = await seededDevice("dora new");
  await dora.recover(dorasNew, before + dayMs, ruth);
  log.append(dora.history);

  const signedIn = startMs - 60 * minuteMs;
  const desk = {
    anna: await anna.signIn(signedIn),
    ben: await ben.signIn(signedIn),
    carla: await carla.signIn(signedIn),
    dora: await dora.signIn(signedIn, dorasNew),
    emil: await emil.signIn(signedIn),
  };
  const call = await WrittenCall.begin(anna, desk.anna, ["ben", "carla"], at(0), {
    log: withLog ? log : undefined,
  });
  const annas = call.call;
  const bens = await call.join(ben, desk.ben, at(0.5));
  const carlas = await call.join(carla, desk.carla, at(0.6));
  await call.epoch(
    2,
    [0],
    [
      [0, annas],
      [1, bens],
      [2, carlas],
    ],
    at(0.7),
  );
  const invited = await call.invite(bens, ["dora", "emil"], at(1));
  // Somebody registered meanwhile: the log went on.
  await register("zoe", "Zoe Zander");
  const doras = await call.join(dora, desk.dora, at(1.5), invited.digest);
  const emils = await call.join(emil, desk.emil, at(1.6), invited.digest);
  const list = [0, invited.index];
  await call.epoch(
    4,
    list,
    [
      [0, annas],
      [1, bens],
      [2, carlas],
      [3, doras],
      [4, emils],
    ],
    at(2),
  );

  const text = { type: "text", text: "Pay 4,000 to the roofer.\nToday." } as const;
  const everybody = ["anna", "ben", "carla", "dora", "emil"] as UserId[];
  const all = { type: "all", userIds: everybody, needed: 5 } as const;
  const paid = call.resolve(annas, { number: 1, epoch: 4, rule: all, subject: text }, at(3));
  for (const [place, answer] of [annas, bens, carlas, doras, emils].entries())
    await paid.decide(answer, "approve", at(3.1 + place / 10));
  const file = { type: "file", name: "plan.pdf", sha256: named("plan"), sizeBytes: 12_345 } as const;
  const two = { type: "named", userIds: ["carla", "dora"] as UserId[], needed: 2 } as const;
  const planned = call.resolve(bens, { number: 1, epoch: 4, rule: two, subject: file }, at(4));
  await planned.decide(doras, "approve", at(4.1));
  await planned.decide(carlas, "reject", at(4.2));
  const some = { type: "some", userIds: everybody, needed: 3 } as const;
  const taken = call.resolve(
    annas,
    { number: 2, epoch: 4, rule: some, subject: { ...text, text: "Break" } },
    at(4.5),
  );
  await taken.decide(emils, "approve", at(4.6));
  taken.withdraw(at(4.7));

  const telephone = await carla.signIn(at(5), carlasTelephone, "telephone");
  const moved = await call.join(carla, telephone, at(5.1));
  await call.epoch(
    5,
    list,
    [
      [0, annas],
      [1, bens],
      [2, moved],
      [3, doras],
      [4, emils],
    ],
    at(5.3),
    [annas, bens, moved],
  );

  const guestKey = await seededDevice("gus");
  const gusId = await guestIdOfKey(guestKey.publicKey);
  const gus = await WrittenPerson.register(gusId, "Gus", at(6), { device: guestKey });
  const vouched = await call.vouch(bens, gus, "Gus", at(6.1));
  const letIn = call.says(annas, { purpose: "let-in", vouch: vouched.digest }, at(6.2));
  const guests = await call.join(gus, gus.asRegistered, at(6.3), vouched.digest);
  const withGuest = [...list, vouched.index, letIn.index];
  const six = [
    [0, annas],
    [1, bens],
    [2, moved],
    [3, doras],
    [4, emils],
    [5, guests],
  ] as const;
  await call.epoch(6, withGuest, six, at(6.5));

  const host = call.says(annas, { purpose: "host", previousHost: call.call.digest, nextHost: "ben" }, at(7));
  const removed = call.says(bens, { purpose: "remove", userIds: ["emil"], voided: [invited.digest] }, at(8));
  const withoutEmil = [...withGuest, host.index, removed.index];
  await call.epoch(
    8,
    withoutEmil,
    [
      [0, annas],
      [1, bens],
      [2, moved],
      [3, doras],
      [5, guests],
    ],
    at(8.2),
  );
  const again = await call.invite(annas, ["emil"], at(9));
  const emilsAgain = await call.join(emil, desk.emil, at(9.5), again.digest);
  const last = [...withoutEmil, again.index];
  await call.epoch(
    9,
    last,
    [
      [0, annas],
      [1, bens],
      [2, moved],
      [3, doras],
      [4, emilsAgain],
      [5, guests],
    ],
    at(10),
    [annas, bens],
  );
  call.ends(doras, "leave", "left", at(11));
  call.ends(annas, "end", "ended", at(12));
  call.server.push(
    { atMs: at(0.5), userId: ben.userId, state: "joined" },
    { atMs: at(11), userId: dora.userId, state: "left", reason: "left" },
    { atMs: at(11.5), userId: gus.userId, state: "left", reason: "lost" },
  );

  const dorasNext = await seededDevice("dora next");
  await dora.add(dorasNext, at(600), "Next", dorasNew);
  log.append(dora.history);
  await dora.revoke(dorasNew, at(660), dorasNext);
  log.append(dora.history);
  const people = [anna, ben, carla, dora, emil, gus, ruth];
  const record = await call.record(people, isKept ? { answer: bens, atMs: at(120) } : undefined);
  return { record, log, call };
}
