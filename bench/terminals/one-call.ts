/** One call of the bench: new processes, new terminals that never met, a call, some leaves, the end. */
import type { Largest, ProcessReport } from "./messages.ts";
import { ServerProcess, TerminalProcess, processCount } from "./processes.ts";

/** One run. Times in milliseconds since the call was requested, unless they say otherwise. */
export interface CallFigures {
  readonly steps: {
    readonly acknowledged: number;
    readonly lastRing: number;
    readonly lastJoin: number;
    readonly firstCommit: number;
    readonly lastCommit: number;
    readonly lastWelcome: number;
    readonly allKeyed: number;
  };
  readonly commits: number;
  /** From the word of the person who leaves until the last of the others opened a frame of the new epoch. */
  readonly leaveMs: readonly number[];
  /** Computing from the request until all are keyed: of a terminal in the mean, and of the server. */
  readonly cpu: { readonly perTerminalMs: number; readonly serverMs: number };
  /** Resident memory of a process of terminals, by terminal, with everybody in the call and after a garbage collection. */
  readonly residentKbPerTerminal: number;
  readonly traffic: {
    readonly sentKbPerTerminal: number;
    readonly receivedKbPerTerminal: number;
    readonly initiatorSentKb: number;
    readonly largestSent: Largest;
    readonly largestReceived: Largest;
  };
}

export async function measureCall(members: number, leaves: number): Promise<CallFigures> {
  const server = await ServerProcess.start();
  const processes: TerminalProcess[] = [];
  for (let i = 0; i < processCount; i++) {
    processes.push(
      new TerminalProcess((frame) => {
        for (const each of processes) each.order({ type: "frame", frame });
      }),
    );
  }
  try {
    const userIds = Array.from({ length: members }, (_, i) => `person-${String(i).padStart(3, "0")}`);
    const empty = await all(processes, (each) => each.report());
    await all(processes, (each, i) => {
      const own = userIds.filter((_, index) => index % processes.length === i);
      each.order({ type: "open", origin: server.origin, userIds: own });
      return each.word("done");
    });
    return await measureAmong(userIds, leaves, { server, processes, empty });
  } finally {
    for (const each of processes) await each.close();
    await server.close();
  }
}

interface Opened {
  readonly server: ServerProcess;
  readonly processes: readonly TerminalProcess[];
  readonly empty: readonly ProcessReport[];
}

async function measureAmong(
  userIds: readonly string[],
  leaves: number,
  { server, processes, empty }: Opened,
): Promise<CallFigures> {
  const members = userIds.length;
  const [initiatorId = "", ...memberIds] = userIds;
  const before = await all(processes, (each) => each.report());
  const serverBefore = await server.report();
  for (const each of processes) each.order({ type: "call", initiatorId, memberIds });
  await all(processes, (each) => each.word("done"));
  const keyedMs = await allKeyed(processes);
  const serverAfter = await server.report();
  const after = await all(processes, (each) => each.report());
  const leaveMs = await measureLeaves(memberIds, leaves, processes);
  for (const each of processes) each.order({ type: "close" });
  await all(processes, (each) => each.word("done"));

  const requestedMs = lastOf(after, (steps) => steps.requestedMs);
  const since = (read: (steps: ProcessReport["steps"]) => number | undefined): number =>
    lastOf(after, read) - requestedMs;
  const traffic = after.flatMap(({ terminals }) => terminals);
  const earlier = before.flatMap(({ terminals }) => terminals);
  const kbEach = (read: (terminal: (typeof traffic)[number]) => number): number =>
    (sum(traffic.map(read)) - sum(earlier.map(read))) / members / 1_000;
  const resident = (reports: readonly ProcessReport[]): number =>
    sum(reports.map(({ residentBytes }) => residentBytes));
  return {
    steps: {
      acknowledged: since((steps) => steps.acknowledgedMs),
      lastRing: since((steps) => steps.lastRingMs),
      lastJoin: since((steps) => steps.lastJoinMs),
      firstCommit: since((steps) => steps.commitsMs[0]),
      lastCommit: since((steps) => steps.commitsMs.at(-1)),
      lastWelcome: since((steps) => steps.lastWelcomeMs),
      allKeyed: keyedMs - requestedMs,
    },
    commits: sum(after.map(({ steps }) => steps.commitsMs.length)),
    leaveMs,
    cpu: {
      perTerminalMs: (sum(after.map(({ cpuMs }) => cpuMs)) - sum(before.map(({ cpuMs }) => cpuMs))) / members,
      serverMs: (serverAfter.cpuUs - serverBefore.cpuUs) / 1_000,
    },
    residentKbPerTerminal: (resident(after) - resident(empty)) / members / 1_000,
    traffic: {
      sentKbPerTerminal: kbEach(({ sentBytes }) => sentBytes),
      receivedKbPerTerminal: kbEach(({ receivedBytes }) => receivedBytes),
      initiatorSentKb: Math.max(...traffic.map(({ sentBytes }) => sentBytes)) / 1_000,
      largestSent: largest(traffic.map(({ largestSent }) => largestSent)),
      largestReceived: largest(traffic.map(({ largestReceived }) => largestReceived)),
    },
  };
}

/** @returns when the last terminal opened a frame of the new epoch */
const allKeyed = async (processes: readonly TerminalProcess[]): Promise<number> => {
  const words = await all(processes, (each) => each.word("keyed"));
  return Math.max(...words.map(({ lastMs }) => lastMs));
};

/** One after the other, spread over the tree, and never the initiator. */
async function measureLeaves(
  memberIds: readonly string[],
  leaves: number,
  processes: readonly TerminalProcess[],
): Promise<number[]> {
  const leaveMs: number[] = [];
  for (let i = 0; i < leaves; i++) {
    const userId = memberIds[Math.floor(((i + 0.5) * memberIds.length) / leaves)] ?? "";
    for (const each of processes) each.order({ type: "leave", userId, members: memberIds.length - i });
    await all(processes, (each) => each.word("done"));
    const lastMs = await allKeyed(processes);
    const reports = await all(processes, (each) => each.report());
    leaveMs.push(lastMs - lastOf(reports, ({ leaveMs: atMs }) => atMs));
  }
  return leaveMs;
}

const all = <T>(
  processes: readonly TerminalProcess[],
  task: (process: TerminalProcess, index: number) => Promise<T>,
): Promise<T[]> => Promise.all(processes.map(task));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const largest = (candidates: readonly Largest[]): Largest =>
  candidates.reduce((best, one) => (one.bytes > best.bytes ? one : best));

function lastOf(
  reports: readonly ProcessReport[],
  read: (steps: ProcessReport["steps"]) => number | undefined,
): number {
  const times = reports.map(({ steps }) => read(steps)).filter((atMs) => atMs !== undefined);
  if (times.length === 0) throw new Error("a step of the call was not seen");
  return Math.max(...times);
}
