/** Calls that the server kept, and a terminal of `ada` to which they are handed over. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";

import type { CallInviteIn, UserId } from "@signet/protocol";

import type { TerminalEnvironment } from "../../src/index.ts";
import type { TestPerson } from "./people.ts";
import { ringBy } from "./rings.ts";
import { connectedTerminal, signedIn } from "./scripted-server.ts";

export const ada = "ada" as UserId;
export const dayMs = 86_400_000;

/** As the server keeps a ring. @param issuedAtMs when the caller signed */
export async function missed(
  caller: TestPerson,
  more: Parameters<typeof ringBy>[2] = {},
  called: readonly UserId[] = [ada],
): Promise<CallInviteIn> {
  const { expiresAtMs: _, members, ...ring } = await ringBy(caller, called, more);
  return { ...ring, members: members.map((member) => ({ ...member, state: "offline" })) };
}

export async function open(t: TestContext, environment: Partial<TerminalEnvironment> = {}) {
  const opened = await connectedTerminal(["bob", "cyd"], environment);
  const { server, terminal } = opened;
  t.after(() => terminal.close());
  const [bob, cyd] = opened.others;
  assert.ok(bob !== undefined && cyd !== undefined);
  delete server.script["missed.get"];
  /** Signs in; what is missed is asked for then. */
  const signIn = async (): Promise<void> => {
    const done = terminal.signIn({ userId: ada });
    await server.asked("sign-in.finish");
    server.say({ "sign-in.finish": signedIn(opened.ada) });
    await done;
  };
  /** Hands these over, and hears what becomes of them. */
  const hand = async (calls: readonly CallInviteIn[], keptMs = 7 * dayMs) => {
    await server.asked("missed.get");
    server.say({ "missed.get": { calls: [...calls], keptMs } });
    const taken = await server.asked("missed.taken");
    server.say({ "missed.taken": {} });
    return taken;
  };
  const shown = () => terminal.state.missed?.map(({ callId, from }) => [callId, from.userId]) ?? [];
  /** The person signs out and in again. */
  const again = async (): Promise<void> => {
    const released = terminal.release();
    await server.asked("binding.release");
    server.say({ "binding.release": {} });
    await released;
    await signIn();
  };
  return { ...opened, bob, cyd, signIn, hand, shown, again };
}
