/** The link by which a member brings a guest into their call. */
import assert from "node:assert/strict";

import { guestCode } from "@signet/protocol";

import type { Headless } from "./headless.ts";

export interface InvitedGuest {
  /** Both parts of what the guest needs. */
  readonly code: string;
  /** The inviter's end. */
  readonly done: Promise<string>;
  /** How far it came, so far. */
  readonly steps: readonly string[];
}

/** @param approve whether the inviter takes a guest of this name */
export function inviteGuest(by: Headless, approve = (_name: string) => true): Promise<InvitedGuest> {
  const steps: string[] = [];
  return new Promise((resolve, reject) => {
    const done = by.terminal.guests.invite({
      approve: ({ name }) => Promise.resolve(approve(name)),
      onStep: (step) => {
        steps.push(step.type);
        if (step.type !== "code") return;
        const code = guestCode(new URL(step.url).hash, step.code);
        assert.ok(code !== undefined);
        resolve({ code, done, steps });
      },
    });
    done.catch(reject);
  });
}
