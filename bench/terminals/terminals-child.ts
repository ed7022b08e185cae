/** Some of the terminals of a call, in a process of their own. Run with `--expose-gc`. */
import { BenchTerminal } from "./bench-terminal.ts";
import type { BenchTerminalHost } from "./bench-terminal.ts";
import { nowMs } from "./messages.ts";
import type { Order, ProcessReport, Word } from "./messages.ts";

const say = (word: Word): void => void process.send?.(word);

const terminals = new Map<string, BenchTerminal>();
/** Of this process, in the call, and not the initiator. */
const listening = new Set<string>();
let opened = new Set<string>();
let countedMembers = 0;
/** How many terminals are made at a time. */
const batch = 10;

const host: BenchTerminalHost = {
  steps: { commitsMs: [] },
  get countedMembers() {
    return countedMembers;
  },
  sealed: (frame) => say({ type: "frame", frame }),
  opened: (userId) => {
    opened.add(userId);
    if ([...listening].every((each) => opened.has(each))) say({ type: "keyed", lastMs: nowMs() });
  },
  failed: (reason) => say({ type: "failed", reason }),
};

async function open(userIds: readonly string[], origin: string): Promise<void> {
  for (let i = 0; i < userIds.length; i += batch) {
    const made = await Promise.all(
      userIds.slice(i, i + batch).map((userId) => BenchTerminal.open(userId, origin, host)),
    );
    for (const terminal of made) terminals.set(terminal.userId, terminal);
  }
}

async function call(initiatorId: string, memberIds: readonly string[]): Promise<void> {
  countedMembers = memberIds.length + 1;
  for (const userId of memberIds) if (terminals.has(userId)) listening.add(userId);
  opened = new Set();
  await terminals.get(initiatorId)?.call(memberIds);
}

async function leave(userId: string, members: number): Promise<void> {
  countedMembers = members;
  opened = new Set();
  listening.delete(userId);
  await terminals.get(userId)?.leave();
}

async function close(): Promise<void> {
  for (const terminal of terminals.values()) if (terminal.isInitiator) await terminal.endForAll();
  for (const terminal of terminals.values()) terminal.close();
  terminals.clear();
  listening.clear();
}

function report(): ProcessReport {
  const { user, system } = process.cpuUsage();
  // Twice: the first run frees what only finalizers hold. After the time was taken.
  globalThis.gc?.();
  globalThis.gc?.();
  return {
    cpuMs: (user + system) / 1_000,
    residentBytes: process.memoryUsage().rss,
    terminals: Array.from(terminals.values(), ({ traffic }) => traffic.report),
    steps: host.steps,
  };
}

async function obey(order: Order): Promise<void> {
  switch (order.type) {
    case "open":
      await open(order.userIds, order.origin);
      return say({ type: "done" });
    case "call":
      await call(order.initiatorId, order.memberIds);
      return say({ type: "done" });
    case "leave":
      await leave(order.userId, order.members);
      return say({ type: "done" });
    case "frame":
      for (const userId of listening) terminals.get(userId)?.hear(order.frame);
      return undefined;
    case "report":
      return say({ type: "report", report: report() });
    case "close":
      await close();
      return say({ type: "done" });
  }
}

process.on("message", (order: Order) => {
  obey(order).catch((error: unknown) => say({ type: "failed", reason: String(error) }));
});
process.on("disconnect", () => process.exit(0));
