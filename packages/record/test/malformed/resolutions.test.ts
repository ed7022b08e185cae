/** Every check of resolutions and the keeper, by a record that is wrong in nothing else. */
import type { UserId } from "@signet/protocol";

import { at } from "../support/call-of-five.ts";
import { areRefused } from "../support/refused.ts";
import type { Wrong } from "../support/refused.ts";
import { named } from "../support/seeded-keys.ts";

const both = { type: "all", userIds: ["anna", "ben"] as UserId[], needed: 2 } as const;
const asked = { number: 1, epoch: 1, rule: both, subject: { type: "text", text: "Pay" } } as const;

const ofResolutions: readonly Wrong[] = [
  [
    "a resolution that cannot be read",
    async ({ annas, call, record }) => {
      call.resolve(annas, { ...asked, rule: { ...both, needed: 3 } }, at(1));
      return record();
    },
    "resolution.malformed",
    "resolutions[0].resolution",
  ],
  [
    "a number twice",
    async ({ annas, call, record }) => {
      call.resolve(annas, asked, at(1));
      call.resolve(annas, asked, at(2));
      return record();
    },
    "resolution.numberTaken",
    "resolutions[1].resolution",
  ],
  [
    "more resolutions than a call has",
    async ({ annas, call, record }) => {
      for (let number = 1; number <= 65; number++) call.resolve(annas, { ...asked, number }, at(1));
      return record();
    },
    "resolution.tooMany",
    "resolutions",
  ],
  [
    "a rule that leaves out who was there",
    async ({ annas, call, record }) => {
      call.resolve(annas, { ...asked, rule: { type: "all", userIds: ["anna" as UserId], needed: 1 } }, at(1));
      return record();
    },
    "resolution.otherPeople",
    "resolutions[0].resolution",
  ],
  [
    "a proposer who did not answer",
    async ({ bens, call, carla, carlas, record }) => {
      call.resolve({ ...bens, person: carla, by: carlas }, asked, at(1));
      return record();
    },
    "record.notMember",
    "resolutions[0].proposal",
  ],
  [
    "a proposal for another text",
    async ({ annas, call, record }) => {
      call.resolve(annas, asked, at(1));
      call.resolve(annas, { ...asked, number: 2 }, at(1));
      const [one, other] = call.resolutions;
      if (one !== undefined && other !== undefined) one.proposal = other.proposal;
      return record();
    },
    "resolution.otherText",
    "resolutions[0].proposal",
  ],
  [
    "an approval by who did not answer",
    async ({ annas, bens, call, carla, carlas, record }) => {
      const rule = { type: "named", userIds: ["carla" as UserId], needed: 1 } as const;
      await call
        .resolve(annas, { ...asked, rule }, at(1))
        .decide({ ...bens, person: carla, by: carlas }, "approve", at(2));
      return record();
    },
    "record.notMember",
    "resolutions[0].said[0]",
  ],
  [
    "an approval by who was not asked",
    async ({ annas, bens, call, record }) => {
      const rule = { type: "named", userIds: ["anna" as UserId], needed: 1 } as const;
      await call.resolve(annas, { ...asked, rule }, at(1)).decide(bens, "approve", at(2));
      return record();
    },
    "resolution.notAsked",
    "resolutions[0].said[0]",
  ],
  [
    "an approval from before the proposal",
    async ({ annas, bens, call, record }) => {
      await call.resolve(annas, asked, at(5)).decide(bens, "approve", at(2.5));
      return record();
    },
    "proof.time",
    "resolutions[0].said[0]",
  ],
  [
    "somebody who decides twice",
    async ({ annas, bens, call, record }) => {
      const resolution = call.resolve(annas, asked, at(1));
      await resolution.decide(bens, "approve", at(2));
      await resolution.decide(bens, "reject", at(3));
      return record();
    },
    "resolution.decided",
    "resolutions[0].said[1]",
  ],
  [
    "a binding of what a device approved",
    async ({ annas, bens, call, record }) => {
      await call.resolve(annas, asked, at(1)).decide(bens, "approve", at(2));
      Object.assign(call.resolutions[0]?.said[0] ?? {}, { binding: bens.by.binding });
      return record();
    },
    "record.form",
    "resolutions[0].said[0].binding",
  ],
  [
    "a document's signature beside a word of a terminal",
    async ({ annas, call, record }) => {
      call.resolve(annas, asked, at(1)).withdraw(at(2));
      Object.assign(call.resolutions[0]?.said[0] ?? {}, { cms: named("cms") });
      return record();
    },
    "resolution.malformed",
    "resolutions[0].said[0].cms",
  ],
];

const ofKeeper: readonly Wrong[] = [
  [
    "a keeper of something else",
    async ({ bens, call, record }) => ({
      ...(await call.keep(await record(), { answer: bens, atMs: at(9) })),
      server: [{ atMs: at(1), userId: bens.person.userId, state: "joined" }],
    }),
    "record.altered",
    "kept",
  ],
  [
    "a keeper who did not answer",
    async ({ bens, call, carla, carlas, record }) =>
      call.keep(await record(), { answer: { ...bens, person: carla, by: carlas }, atMs: at(9) }),
    "record.notMember",
    "kept",
  ],
];

areRefused([...ofResolutions, ...ofKeeper]);
