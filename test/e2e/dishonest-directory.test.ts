/**
 * All that a server can do with its log and its map, by itself and to get a device accepted that was added to somebody's: at least one honest terminal
 * finds it, and what it keeps convinces a stranger wherever the log contradicts itself.
 */
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { breaksRule } from "@signet/device";
import {
  MapNodesInMemory,
  decodeEntryBundle,
  decodeLogEntry,
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  judgeEvidence,
  mapKey,
  mapRoot,
  parseCheckpoint,
  parseEvidence,
  parseNote,
  parseVerifierKey,
  proveInMap,
  setInMap,
  statementDigestOf,
  tilePath,
  tileWidth,
  tileWidthAt,
  verifierKey,
} from "@signet/directory";
import type { Checkpoint, VerifierKey } from "@signet/directory";
import { utf8 } from "@signet/protocol";
import type { Bytes, ReplyBody, UserId } from "@signet/protocol";
import { MemoryPinStore } from "@signet/terminal";

import { ForkedServer, showElsewhere } from "./support/forked-server.ts";
import type { Asking, Registered } from "./support/forked-server.ts";
import type { Rogue } from "./support/rogue.ts";
import { answer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

type Proven = ReplyBody<"directory.prove">;

/** Who is lied to, whose device it is about, and who is honest and lied to by nobody. */
interface People {
  readonly ann: Registered;
  readonly ben: Registered;
  readonly cleo: Registered;
}

interface Found {
  readonly by: Deceived;
  readonly code: string;
}

interface Attack {
  readonly name: string;
  readonly code: string;
  /** What a stranger says of what was kept; undefined where there is nothing that the log signed. */
  readonly judged: string | undefined;
  /** @param isAdded whether a device that was added to Ben's is what it is for */
  readonly run: (people: People, isAdded: boolean) => Promise<Found>;
}

let server: ForkedServer;
let logKey: KeyObject;
/** See each of the two as it is. */
let [atMain, atFork]: Rogue[] = [];
let count = 0;

const sizeAt = async (address: string): Promise<number> =>
  Number((await (await fetch(`${address}/log/checkpoint`)).text()).split("\n")[1]);

/** From then on the log of this one is longer. */
async function longer(which: "main" | "fork"): Promise<void> {
  const [address, other] =
    which === "main" ? [server.address, server.forkAddress] : [server.forkAddress, server.address];
  do await server.growsAt(address, `more-${++count}`);
  while ((await sizeAt(address)) <= (await sizeAt(other)));
}

const refusalOf = async ({ terminal }: Deceived, { userId }: { readonly userId: UserId }) =>
  (await terminal.lookup([userId]))[0]?.refused;

/** What they did see is the log as everybody sees it. */
async function seen(person: Deceived, ...of: readonly Registered[]): Promise<void> {
  for (const one of of) assert.equal(await refusalOf(person, one), undefined);
}

async function foundByLookup(by: Deceived, of: { readonly userId: UserId }): Promise<Found> {
  const code = await refusalOf(by, of);
  // And nobody is called.
  await assert.rejects(by.terminal.call([of.userId]), { code });
  return { by, code: code ?? "nothing" };
}

async function foundInCall(caller: Deceived, ...others: readonly Deceived[]): Promise<Found> {
  const refusals = others.map((one) => one.server.next("call.ringRefused"));
  await caller.terminal.call(others.map(({ userId }) => userId));
  const codes = new Set((await Promise.all(refusals)).map(({ code }) => code));
  for (const { terminal } of others) assert.deepEqual(terminal.state.ringing, []);
  const [by] = others as [Deceived];
  return { by, code: [...codes].join() };
}

/** The entries of one of the two, as it shows them to everybody. */
async function entriesAt(address: string): Promise<readonly Bytes[]> {
  const size = await sizeAt(address);
  const entries: Bytes[] = [];
  for (let index = 0; index * tileWidth < size; index++) {
    const place = { level: "entries", index, width: tileWidthAt("entries", index, size) } as const;
    const bundle = new Uint8Array(await (await fetch(`${address}/log/${tilePath(place)}`)).arrayBuffer());
    entries.push(...(decodeEntryBundle(bundle, Math.min(tileWidth, size - index * tileWidth)) ?? []));
  }
  return entries;
}

/** The map over the statements of everybody, in which Ben's history ends as he has it elsewhere, or where it began. */
async function falseMap(ben: UserId, isAdded: boolean): Promise<MapNodesInMemory> {
  const map = new MapNodesInMemory();
  const put = (entries: readonly Bytes[], isPut: (userId: UserId, sequence: number) => boolean): void => {
    for (const entry of entries) {
      const statement = decodeLogEntry(entry);
      if (statement !== undefined && isPut(statement.userId, statement.sequence))
        setInMap(map, mapKey(statement.userId), statementDigestOf(statement.proofs));
    }
  };
  put(await entriesAt(server.address), (userId, sequence) => userId !== ben || sequence === 0);
  if (isAdded) put(await entriesAt(server.forkAddress), (userId) => userId === ben);
  return map;
}

function signed(checkpoint: Checkpoint, by: KeyObject, { keyId, name }: VerifierKey): string {
  const text = formatCheckpoint(checkpoint);
  const signature = new Uint8Array(sign(null, utf8(text), by));
  return formatNote({ text, signatures: [{ name, keyId, signature }] });
}

const checkpointIn = (note: string): Checkpoint => parseCheckpoint(parseNote(note)?.text ?? "") as Checkpoint;

async function namedKey(): Promise<VerifierKey> {
  const said = await fetch(`${server.address}/.well-known/signet-log`);
  return parseVerifierKey(((await said.json()) as { readonly verifierKey: string }).verifierKey)!;
}

/** The log of the fork, signed by a key of nobody's, under the name of the log. */
async function byOtherKey(): Promise<{ readonly asking: Asking; readonly logKey: string }> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(12));
  const key = verifierKey((await namedKey()).name, "log", raw);
  const ask = async (type: never, body: never): Promise<unknown> => {
    const reply: unknown = await atFork!.ask(type, body);
    if (type !== "directory.prove") return reply;
    const { checkpoint, ...proven } = reply as Proven;
    return { ...proven, checkpoint: signed(checkpointIn(checkpoint), privateKey, key) };
  };
  return { asking: { ask } as unknown as Asking, logKey: formatVerifierKey(key) };
}

const addedTo = (ben: Registered, address: string): Promise<void> => server.addsDeviceAt(address, ben);

/** A statement of Ben's that others are to know of. */
async function changed(ben: Registered): Promise<void> {
  const own = await server.come(ben);
  await own.terminal.rename("Ben, as he is called since");
  await server.gone(own);
}

const attacks: readonly Attack[] = [
  {
    name: "forked log",
    code: "log.inconsistent",
    judged: "proven: otherBeginning",
    run: async ({ ann, ben, cleo }, isAdded) => {
      if (isAdded) await addedTo(ben, server.forkAddress);
      await longer("main");
      const deceived = await server.come(ann);
      await seen(deceived, cleo);
      await longer("fork");
      showElsewhere(deceived.server, atFork!);
      return foundByLookup(deceived, ben);
    },
  },
  {
    name: "forked log, of fewer entries than were shown",
    code: "log.rolledBack",
    judged: "proven: otherBeginning",
    run: async ({ ann, ben, cleo }, isAdded) => {
      if (isAdded) await addedTo(ben, server.forkAddress);
      await longer("main");
      const deceived = await server.come(ann);
      await seen(deceived, cleo);
      for (const type of ["directory.prove", "directory.lookup"] as const)
        deceived.server.answerLater(type, (body) => atFork!.ask(type, body));
      return foundByLookup(deceived, ben);
    },
  },
  {
    name: "forked map, where the true one was seen",
    code: "log.badCheckpoint",
    judged: "proven: sameSize",
    run: (people, isAdded) => withFalseMap(people, isAdded, false),
  },
  {
    name: "forked map, of a log that went on",
    code: "log.badCheckpoint",
    judged: "proven: mapNotAtEnd",
    run: (people, isAdded) => withFalseMap(people, isAdded, true),
  },
  {
    name: "hidden statement",
    code: "log.otherView",
    judged: "proven: otherBeginning",
    run: async ({ ann, ben, cleo }, isAdded) => {
      // What was added is hidden from the person themselves; else something of theirs from somebody.
      if (isAdded) await addedTo(ben, server.address);
      else await changed(ben);
      await longer("main");
      const deceived = await server.come(isAdded ? ben : ann, { asking: atFork! });
      return foundInCall(deceived, await server.come(cleo));
    },
  },
  {
    name: "rolled back checkpoint",
    code: "log.rolledBack",
    judged: "notProven: mayFit",
    run: async ({ ann, ben, cleo }, isAdded) => {
      const deceived = await server.come(ann);
      const old = await atMain!.ask("directory.prove", { userIds: [ben.userId, cleo.userId], from: 0 });
      if (isAdded) await addedTo(ben, server.address);
      else await changed(ben);
      await seen(deceived, ben);
      deceived.server.answer("directory.prove", () => old);
      return foundByLookup(deceived, cleo);
    },
  },
  {
    name: "wrong log key, where the log was met",
    code: "log.otherKey",
    judged: undefined,
    run: async ({ ann, ben }, isAdded) => {
      if (isAdded) await addedTo(ben, server.forkAddress);
      const deceived = await server.come(ann, await byOtherKey());
      return foundByLookup(deceived, ben);
    },
  },
  {
    name: "wrong log key, to somebody new",
    code: "log.unsignedView",
    judged: undefined,
    run: async ({ ann, ben, cleo }, isAdded) => {
      if (isAdded) await addedTo(ben, server.forkAddress);
      const deceived = await server.come({ ...ann, pins: new MemoryPinStore() }, await byOtherKey());
      await seen(deceived, ben);
      return foundInCall(deceived, await server.come(cleo));
    },
  },
  {
    name: "old proof of the map",
    code: "directory.unproven",
    judged: undefined,
    run: async ({ ann, ben }, isAdded) => {
      const asked = { userIds: [ben.userId], from: 0 };
      const old = await atMain!.ask("directory.prove", asked);
      if (isAdded) await addedTo(ben, server.forkAddress);
      else await changed(ben);
      const { people } = isAdded ? await atFork!.ask("directory.prove", asked) : old;
      const deceived = await server.come(ann);
      deceived.server.onReply("directory.prove", (reply) => [
        reply.people.some(({ userId }) => userId === ben.userId) ? { ...reply, people } : reply,
      ]);
      return foundByLookup(deceived, ben);
    },
  },
  {
    name: "old proof, of all that there was",
    code: "directory.ownUnproven",
    judged: undefined,
    run: async ({ ann, ben, cleo }, isAdded) => {
      const people = [ann.userId, ben.userId, cleo.userId];
      const old = await atMain!.ask("directory.prove", { userIds: people, from: 0 });
      if (isAdded) await addedTo(ben, server.address);
      else await changed(ben);
      // Also at a terminal that saw nothing before.
      const again = await server.come({ ...ben, pins: new MemoryPinStore() }, { asking: replaying(old) });
      await again.until(({ warnings }) => warnings.length > 0, "the warning");
      return { by: again, code: again.terminal.state.warnings[0]?.code ?? "nothing" };
    },
  },
  {
    name: "old proof, of all that there was, to somebody new",
    code: "log.rolledBack",
    judged: "notProven: mayFit",
    run: async ({ ann, ben, cleo }, isAdded) => {
      const userIds = [ann.userId, ben.userId, cleo.userId];
      const old = await atMain!.ask("directory.prove", { userIds, from: 0 });
      // What was added is what they are shown, before anything was said of it.
      if (isAdded) await addedTo(ben, server.address);
      else await changed(ben);
      const deceived = await server.come({ ...ann, pins: new MemoryPinStore() }, { asking: replaying(old) });
      const called = await server.come(cleo);
      await seen(called, ben);
      await deceived.terminal.call([cleo.userId]);
      await answer(called);
      const { call, log } = await deceived.until((state) => state.log !== undefined, "that it is shorter");
      assert.notEqual(call?.phase, "active");
      return { by: deceived, code: log?.code ?? "nothing" };
    },
  },
  {
    name: "split view of two members of one call",
    code: "log.otherView",
    judged: "proven: otherBeginning",
    run: async ({ ann, ben, cleo }, isAdded) => {
      if (isAdded) await addedTo(ben, server.forkAddress);
      await longer("main");
      const deceived = await server.come(ann, { asking: atFork! });
      return foundInCall(deceived, await server.come(cleo), await server.come(ben));
    },
  },
];

/** Answers about the directory as it was, and about people as they are. */
const replaying = (old: Proven): Asking => ({
  ask: ((type: never, body: never) =>
    type === "directory.prove" ? Promise.resolve(old) : atMain!.ask(type, body)) as unknown as Asking["ask"],
});

async function withFalseMap({ ann, ben, cleo }: People, isAdded: boolean, goesOn: boolean): Promise<Found> {
  if (isAdded) await addedTo(ben, server.forkAddress);
  else await changed(ben);
  const deceived = await server.come(ann);
  await seen(deceived, cleo);
  if (goesOn) await longer("main");
  const [map, key] = [await falseMap(ben.userId, isAdded), await namedKey()];
  if (isAdded)
    deceived.server.answerLater("directory.lookup", (body) => atFork!.ask("directory.lookup", body));
  deceived.server.onReply("directory.prove", ({ checkpoint, people, ...proven }) => [
    {
      ...proven,
      checkpoint: signed({ ...checkpointIn(checkpoint), mapRoot: mapRoot(map) }, logKey, key),
      people: people.map(({ userId }) => {
        const { leaf, siblings } = proveInMap(map, mapKey(userId));
        return { userId, siblings: [...siblings], ...(leaf && { leaf }) };
      }),
    },
  ]);
  return foundByLookup(deceived, ben);
}

const cases = attacks.flatMap((attack) => [false, true].map((isAdded) => ({ attack, isAdded })));
const peopleOf = new Map<(typeof cases)[number], People>();

before(async () => {
  server = await ForkedServer.start();
  const [main, fork] = await Promise.all(["main", "fork"].map((name) => server.registered(name)));
  await Promise.all(
    cases.map(async (one, place) => {
      const [ann, ben, cleo] = await Promise.all(
        ["ann", "ben", "cleo"].map((name) => server.registered(`${name}-${place}`)),
      );
      peopleOf.set(one, { ann: ann!, ben: ben!, cleo: cleo! });
    }),
  );
  await server.fork();
  atMain = await server.asksAt(server.address, main!);
  atFork = await server.asksAt(server.forkAddress, fork!);
  await server.growsAt(server.forkAddress, "first-of-fork");
  await server.growsAt(server.address, "first-of-main");
  logKey = server.logKey();
});
after(() => server.close());

describe("found by an honest terminal", () => {
  for (const one of cases)
    test(`${one.attack.name}${one.isAdded ? ", with an added device" : ""}`, async () => {
      const { judged, run } = one.attack;
      const { by, code } = await run(peopleOf.get(one)!, one.isAdded);
      assert.equal(code, one.attack.code);
      const kept = by.terminal.log.evidence().map((text) => parseEvidence(text)!);
      const key = await namedKey();
      const said = await Promise.all(kept.map((evidence) => judgeEvidence(evidence, key, breaksRule)));
      assert.deepEqual(
        said.map(({ judgement, why }) => `${judgement}: ${why}`),
        judged === undefined ? [] : [judged],
      );
    });
});
