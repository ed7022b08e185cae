/** Who may sign for others, and by which devices: found from their own histories, as far as each of them went at the time. */
import { BoundedMap, decodeTranscript, equalBytes, toBase64Url } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn } from "@signet/protocol";

import type { Person, PersonDevice } from "../verified.ts";
import { foldHistory } from "./fold.ts";
import type { FoldOptions } from "./fold.ts";
import { devicesAt, statementDigest } from "./person.ts";

export interface AdministratorSource {
  /** As the server names itself. */
  readonly serverOrigin: () => string;
  /** Whether they are an administrator by the server's configuration, as far as it is believed here. What it ever said counts on. */
  readonly isNamed: (userId: string) => boolean;
  /**
   * The person's history, where it may be had; not believed yet.
   * @param head which it should hold
   */
  readonly historyOf: (userId: string, head: Bytes) => Promise<DirectoryEntryIn | undefined>;
}

/** Heads of administrators with which something was signed: each administrator has few. */
const mostKept = 4_096;

/**
 * How far a word may rest on others' words: of an administrator who was appointed by one who was appointed, and so on, also where they only
 * recovered each other. Each step keeps a history in memory until it is known whether the next one holds.
 */
export const mostAdministratorSteps = 64;

/** `steps`: on how many further histories, one resting on the next, it rests. */
interface Found {
  readonly devices: readonly PersonDevice[];
  readonly steps: number;
}

/** Whether they administer, as their history is: what was stated of them last, and where nothing was, whether the server names them. */
export const administers = ({ appointments }: Pick<Person, "appointments">, isNamed: boolean): boolean =>
  appointments.at(-1)?.administers ?? isNamed;

/**
 * What {@link foldHistory} asks for. A history is folded up to the head that is named and no further: what came later may rest on the
 * very history that is being folded, and what came before cannot, since it would have to name a digest of itself. Of what rests on more than
 * {@link mostAdministratorSteps} histories nobody administers, whatever was asked for before.
 */
export function administratorDevicesOf(source: AdministratorSource): FoldOptions["administratorDevices"] {
  const kept = new BoundedMap<string, Found>(mostKept);
  const pending = new Map<string, Promise<Found | undefined>>();
  const find = async (userId: string, head: Bytes, step: number): Promise<Found | undefined> => {
    const isNamed = source.isNamed(userId);
    const history = await source.historyOf(userId, head);
    if (history?.userId !== userId || !(isNamed || mayBeAppointed(history))) return undefined;
    const then = await upTo(history, head);
    if (then === undefined) return undefined;
    let steps = 0;
    const result = await foldHistory(then, {
      serverOrigin: source.serverOrigin(),
      administratorDevices: async (other, otherHead) => {
        const found = await foundAt(other, otherHead, step + 1);
        steps = Math.max(steps, (found?.steps ?? 0) + 1);
        return found?.devices;
      },
      // They are validated nowhere here, and shown to nobody who is not signed in.
      certificatesWithheld: true,
    });
    if (!result.ok || !administers(result.person, isNamed)) return undefined;
    const devices = devicesAt(result.person, head);
    return devices === undefined ? undefined : { devices, steps };
  };
  const foundAt = async (userId: string, head: Bytes, step: number): Promise<Found | undefined> => {
    if (step > mostAdministratorSteps) return undefined;
    const key = `${userId} ${toBase64Url(head)}`;
    const before = kept.get(key);
    if (before !== undefined) return step + before.steps > mostAdministratorSteps ? undefined : before;
    // What is looked for from further away may end before it is found.
    const way = `${step} ${key}`;
    const asked = pending.get(way);
    if (asked !== undefined) return asked;
    const finding = find(userId, head, step).finally(() => pending.delete(way));
    pending.set(way, finding);
    const found = await finding;
    // Somebody may be named, or go on, later.
    if (found === undefined) return undefined;
    kept.set(key, found);
    return found;
  };
  return async (userId, head) => (await foundAt(userId, head, 0))?.devices;
}

/** The history as it was when it ended with this statement. */
async function upTo(history: DirectoryEntryIn, head: Bytes): Promise<DirectoryEntryIn | undefined> {
  const { proof, statements } = history;
  if (equalBytes(await statementDigest([proof]), head)) return { ...history, statements: [] };
  for (const [place, { proofs }] of statements.entries())
    if (equalBytes(await statementDigest(proofs), head))
      return { ...history, statements: statements.slice(0, place + 1) };
  return undefined;
}

/** Nobody's history is folded for a claim that nothing in it speaks for. */
export const mayBeAppointed = ({ statements }: DirectoryEntryIn): boolean =>
  statements.some(
    ({ proofs: [proof] }) => proof !== undefined && decodeTranscript(proof.transcript)?.purpose === "appoint",
  );
