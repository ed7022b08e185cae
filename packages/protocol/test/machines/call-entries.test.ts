/** The directory entries in a call: as they are, and no more than who is invited can be shown. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { areTooLarge, mostEntryBytes, mostHistoryBytes, withEntry } from "@signet/protocol";
import type { DirectoryEntryIn, StatementIn } from "@signet/protocol";

import { bytes, entry, from, proof, reachable } from "../fixtures.ts";
import { ServerWorld, joinInput } from "./call-server-world.ts";

/** Statements that take about so much. */
const grown = (name: string, size: number): DirectoryEntryIn => {
  const statement: StatementIn = { proofs: [proof(name)], certificates: [new Uint8Array(size)] };
  return { ...entry(name), statements: [statement] };
};
const full = Array.from({ length: 12 }, (_, i) => {
  const person = reachable(`p${i}`);
  return { ...person, entry: grown(`p${i}`, mostHistoryBytes) };
});
const shown = ({ state }: ServerWorld, name: string) =>
  [...state.members.values()].find(({ userId }) => userId === name)?.entry?.statements.length;

test("a call has room for ten full histories, and for no more than one message should have", () => {
  assert.equal(areTooLarge([{ entry: entry("ada") }, ...full.slice(0, 10)]), false);
  assert.equal(areTooLarge([{ entry: entry("ada") }, ...full]), true);
  assert.equal(areTooLarge([{ entry: grown("ada", mostEntryBytes) }, ...full.slice(0, 10)]), true);
});

test("who goes on is shown as they are, the initiator in the invitation, too; nobody is shown as they were", () => {
  const world = new ServerWorld().join("bob");
  world.state = withEntry(withEntry(world.state, grown("ada", 1)), grown("bob", 1));
  assert.deepEqual([shown(world, "ada"), shown(world, "bob"), shown(world, "cyd")], [1, 1, 0]);
  assert.equal(world.state.invite.initiator.statements.length, 1);
  world.state = withEntry(world.state, entry("ada"));
  assert.equal(shown(world, "ada"), 1);
  assert.equal(withEntry(world.state, entry("eve")), world.state);
  // The proof was checked by what was known before.
  world.leave("bob").join("bob");
  assert.equal(shown(world, "bob"), 1);
});

test("nobody makes a call too large by going on while it lasts: it keeps what it had, and takes no answer with more", () => {
  const world = new ServerWorld([...full.slice(0, 11), reachable("bob")]);
  const more = grown("bob", mostEntryBytes / 4);
  assert.equal(withEntry(world.state, more), world.state);
  const { state } = world;
  assert.equal(world.step({ ...joinInput("bob"), entry: more }).refusal(), "call.tooLarge");
  assert.equal(world.state, state);
  world.step({ ...joinInput("bob"), entry: grown("bob", 1_000) });
  assert.equal(shown(world, "bob"), 1);
  world.commit("ada", ["bob"]);
  const moves = (one: DirectoryEntryIn) => {
    const key = { proof: proof("move"), leafKey: bytes("a moved key") };
    return world.step({ type: "move", ...from("bob", "bob-2"), entry: one, ...key });
  };
  assert.equal(moves(more).refusal(), "call.tooLarge");
  assert.ok(moves(grown("bob", 2_000)).replied());
});
