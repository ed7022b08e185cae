/** A terminal's directory at a server with a log, which says what a test has it say. */
import assert from "node:assert/strict";

import { formatVerifierKey, judgeEvidence, parseEvidence } from "@signet/directory";
import { statedHead } from "@signet/device";
import { SignetError } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ReplyBody, RequestBody, UserId } from "@signet/protocol";

import { MemoryEvidencePlace, MemoryPinStore } from "../../src/index.ts";
import type { EvidencePlace, PinStore } from "../../src/index.ts";
import { Directory } from "../../src/people/directory.ts";
import { LogPart } from "../../src/people/log-part.ts";
import type { ServerRequests } from "../../src/server-requests.ts";
import { renamed } from "./histories.ts";
import { person, serverOrigin } from "./people.ts";
import { TestLog } from "./test-log.ts";

type Proven = ReplyBody<"directory.prove">;
export type Prove = (body: RequestBody<"directory.prove">) => Proven | Promise<Proven>;

export const [ann, ben] = [await person("ann"), await person("ben")];
const entryAfter = await renamed(ann.entry, ann.device, "Ann B");
export const longer = { ...ann, entry: entryAfter, head: await statedHead(entryAfter) };
export const nobody = "nobody" as UserId;

export interface OpenedOptions {
  readonly pins?: PinStore;
  readonly log?: TestLog;
  readonly logKey?: string;
  readonly keepsLog?: boolean;
  readonly place?: EvidencePlace;
}

/** A terminal that asks this log, over a server which may answer otherwise. */
export function opened({
  pins = new MemoryPinStore(),
  log = new TestLog(),
  logKey = formatVerifierKey(log.key),
  keepsLog = true,
  place = new MemoryEvidencePlace(),
}: OpenedOptions = {}) {
  const server = {
    log,
    entries: new Map<string, DirectoryEntryIn>([
      ["ann", ann.entry],
      ["ben", ben.entry],
    ]),
    prove: ((body) => server.log.prove(body)) as Prove,
    asked: [] as string[],
    info: { serverOrigin, logKey: keepsLog ? logKey : undefined },
  };
  const clock = { nowMs: 1_000_000 };
  const request = async (type: string, body: unknown): Promise<unknown> => {
    server.asked.push(type);
    if (type === "directory.prove") return server.prove(body as RequestBody<"directory.prove">);
    if (type === "directory.consistency")
      return server.log.consistency(body as RequestBody<"directory.consistency">);
    const { userIds } = body as RequestBody<"directory.lookup">;
    return {
      people: userIds.map((userId) => {
        const entry = server.entries.get(userId);
        return { userId, reachable: true, ...(entry && { entry }) };
      }),
    };
  };
  const link = { request, ask: request } as unknown as ServerRequests;
  const told: string[] = [];
  const session = {
    get state() {
      return { server: server.info as never };
    },
    person: undefined,
    historyChanged: () => Promise.resolve(),
  };
  const part = new LogPart(
    session,
    { evidencePlace: place, nowMs: () => 42 },
    {
      directory: () => directory,
      onRefused: (userId, code) => told.push(`${userId} ${code}`),
      onFault: (code) => told.push(code),
      onChange: () => undefined,
      onSettled: (_userId, ...codes) => told.push(...codes.map((code) => `settled ${code}`)),
    },
  );
  const onRefused = (userId: string, code: string): void => void told.push(`${userId} ${code}`);
  const directory = new Directory(link, pins, onRefused, () => clock.nowMs, { onLogFault: part.failed });
  directory.serverOrigin = serverOrigin;
  const connect = (named: string | undefined): void => {
    server.info = { ...server.info, logKey: named };
    part.sessionChanged();
  };
  part.sessionChanged();
  const refusal = async (entry: DirectoryEntryIn = ann.entry): Promise<string | undefined> => {
    try {
      await directory.accept(entry);
      return undefined;
    } catch (error) {
      assert.ok(error instanceof SignetError, String(error));
      return error.code;
    }
  };
  const later = (): void => void (clock.nowMs += 6_000);
  return { connect, directory, later, part, pins, place, refusal, server, told };
}

export const logOf = (...of: readonly { readonly userId: UserId; readonly head: Bytes }[]): TestLog => {
  const log = new TestLog();
  for (const { head, userId } of of) log.append(userId, head);
  return log;
};

/** What was kept, and what a stranger says of it. */
export async function judged({ place, server }: ReturnType<typeof opened>): Promise<readonly string[]> {
  return Promise.all(
    place.all().map(async (text) => {
      const evidence = parseEvidence(text);
      assert.ok(evidence !== undefined);
      assert.deepEqual(
        [evidence.serverOrigin, evidence.logKey, evidence.foundAtMs],
        [serverOrigin, formatVerifierKey(server.log.key), 42],
      );
      return (await judgeEvidence(evidence, server.log.key)).judgement;
    }),
  );
}
