/** Records at limits of the protocol, and one beyond: names, resolutions, keys, notes. */
import { guestIdOfKey } from "@signet/device";
import type { Resolution, UserId } from "@signet/protocol";

import { formatRecord } from "../../src/index.ts";
import type { CallRecord } from "../../src/index.ts";
import { at, startMs } from "./call-of-five.ts";
import { crossedCalls } from "./other-calls.ts";
import { named, seededDevice } from "./seeded-keys.ts";
import { WrittenCall } from "./written-call.ts";
import { deviceOf, rsa } from "./written-der.ts";
import { WrittenPerson } from "./written-person.ts";

const before = startMs - 3_600_000;
const hourMs = 3_600_000;

async function called(name = "Anna", device = seededDevice("anna")) {
  const anna = await WrittenPerson.register("anna", name, before, { device: await device });
  return { anna, call: await WrittenCall.begin(anna, anna.asRegistered, ["ben"], at(0)) };
}

async function resolving(asked: Partial<Resolution>, count = 1): Promise<CallRecord> {
  const { anna, call } = await called();
  const rule = { type: "named", userIds: ["anna" as UserId], needed: 1 } as const;
  const subject = { type: "text", text: "Yes." } as const;
  for (let number = 1; number <= count; number++)
    call.resolve(call.call, { number, epoch: 1, rule, subject, ...asked }, at(1));
  return call.record([anna]);
}

async function withGuest(guestName: string): Promise<CallRecord> {
  const { anna, call } = await called();
  const device = await seededDevice("guest");
  const userId = await guestIdOfKey(device.publicKey);
  const guest = await WrittenPerson.register(userId, guestName, at(0) - hourMs, { device, key: "guest" });
  const vouched = await call.vouch(call.call, guest, guestName, at(1));
  call.says(call.call, { purpose: "let-in", vouch: vouched.digest }, at(1.1));
  await call.join(guest, await guest.signIn(at(1)), at(1.2), vouched.digest);
  return call.record([anna, guest]);
}

/** @param characters of the whole note @param lines of others, and the log's */
async function withNote(characters: number, lines = 2): Promise<CallRecord> {
  const { kept: _kept, ...record } = await crossedCalls();
  if (record.log === undefined) throw new Error("no log");
  const { checkpoint } = record.log;
  const short = `\u2014 other ${Buffer.from(named("other", 8)).toString("base64")}\n`.repeat(lines - 2);
  const left = characters - checkpoint.length - short.length - "\u2014 other \n".length;
  const long = `\u2014 other ${Buffer.alloc(Math.floor(left / 4) * 3, 7).toString("base64")}\n`;
  return { ...record, log: { ...record.log, checkpoint: checkpoint + short + long } };
}

const namesOfPeople = {
  "64-characters": "😀".repeat(64),
  "65-characters": "😀".repeat(65),
  "soft-hyphen": "An\u00adna",
  joiner: "An\u200dna",
  direction: "An\u202ena",
  "ideographic-space": "Anna\u3000",
  "line-separator": "An\u2028na",
};
const namesOfGuests = {
  plain: "Gus O’Neil-Šmíd, jr.",
  "32-letters": "g".repeat(32),
  "33-letters": "g".repeat(33),
  "34-units": "𠮷".repeat(17),
  number: "Gus Ⅳ²",
  "no-letter": ". . .",
  quoted: "“Gus”",
  emoji: "Gus😀",
  "four-marks": `g${"\u0301".repeat(4)}`,
  "five-marks": `g${"\u0301".repeat(5)}`,
  "six-beside": `क${"\u093e".repeat(6)}`,
  "seven-beside": `क${"\u093e".repeat(7)}`,
  "mark-first": "\u0301g",
  "mark-after-space": "g \u0301",
  blank: "g\u3164",
  "no-break-space": "g\u00a0h",
};

/** By their names. */
export async function atLimits(): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const made: Record<string, CallRecord> = {};
  for (const [name, displayName] of Object.entries(namesOfPeople)) {
    const { anna, call } = await called(displayName);
    made[`person-${name}`] = await call.record([anna]);
  }
  for (const [name, guestName] of Object.entries(namesOfGuests))
    made[`guest-${name}`] = await withGuest(guestName);
  const keys = {
    "software-rsa": ["software", rsa()],
    "token-rsa-3": ["pkcs11", rsa({ exponent: 3 })],
  } as const;
  for (const [name, [kind, key]] of Object.entries(keys)) {
    const { anna, call } = await called("Anna", deviceOf(key, [], kind));
    made[`key-${name}`] = await call.record([anna]);
  }
  const texts = {
    "text-4000": "😀".repeat(4_000),
    "text-4001": "a".repeat(4_001),
    "text-blank": " \u3000\ufeff\n",
    "text-control": "\u001c",
  };
  for (const [name, text] of Object.entries(texts))
    made[name] = await resolving({ subject: { type: "text", text } });
  for (const units of [255, 256]) {
    const file = { type: "file", name: "n".repeat(units), sha256: named("file"), sizeBytes: 1 } as const;
    made[`file-${units}`] = await resolving({ subject: file });
  }
  for (const people of [256, 257]) {
    const userIds = Array.from({ length: people }, (_, i) => `p${1_000 + i}` as UserId);
    made[`asked-${people}`] = await resolving({ rule: { type: "some", userIds, needed: 1 } });
  }
  const guests = [`~${"a".repeat(26)}` as UserId];
  made["asked-guest"] = await resolving({ rule: { type: "named", userIds: guests, needed: 1 } });
  for (const count of [64, 65]) made[`resolutions-${count}`] = await resolving({}, count);
  made["note-longest"] = await withNote(65_536);
  made["note-too-long"] = await withNote(65_540);
  made["note-lines"] = await withNote(4_000, 32);
  made["note-too-many-lines"] = await withNote(4_000, 33);
  return Object.entries(made).map(([name, record]) => ({
    name: `limit-${name}`,
    text: formatRecord(record),
  }));
}
