/** The log as each who answered saw it, held against the log of the file. */
import {
  formatVerifierKey,
  isSameMap,
  judgeEvidence,
  noteOfSeen,
  openCheckpoint,
  verifyConsistency,
} from "@signet/directory";
import type { Checkpoint, VerifierKey } from "@signet/directory";
import { equalBytes } from "@signet/protocol";
import type { Bytes, UserId } from "@signet/protocol";

import type { ViewReport } from "../report.ts";
import type { ProvenLog } from "./log.ts";
import { must, Refused } from "./refusal.ts";
import type { Answer } from "./statements.ts";

interface View {
  readonly checkpoint: Checkpoint;
  readonly note: string;
  readonly by: UserId[];
}

/** @throws Refused */
export async function compareViews(
  answers: readonly Answer[],
  log: ProvenLog,
): Promise<readonly ViewReport[]> {
  const views = await viewsIn(answers, log);
  requireNamed(views, log);
  const reports: ViewReport[] = [];
  for (const view of views) {
    const { root, size } = view.checkpoint;
    const by = [...new Set(view.by)].toSorted();
    reports.push({ size, root, fits: await compare(view, views, log), by });
  }
  return reports;
}

/** Who answered, and named no checkpoint in it: the server kept no log when they signed, or kept it from them. */
export const viewless = (answers: readonly Answer[]): readonly UserId[] =>
  [
    ...new Set(
      answers
        .map(({ signed }) => signed.proof.transcript)
        .filter(({ checkpoint }) => checkpoint.length === 0)
        .map(({ userId }) => userId as UserId),
    ),
  ].toSorted();

/** What the log signed for those who answered: each once, by size. */
async function viewsIn(answers: readonly Answer[], { key }: ProvenLog): Promise<readonly View[]> {
  const views: View[] = [];
  for (const { index, signed } of answers) {
    const { checkpoint: seen, userId } = signed.proof.transcript;
    if (seen.length === 0) continue;
    const note = noteOfSeen(seen, key);
    const opened = note === undefined ? undefined : await openCheckpoint(note, key);
    if (note === undefined || opened?.ok !== true)
      throw new Refused("log.unsignedView", `statements[${index}]`);
    const { checkpoint } = opened;
    const known = views.find((view) => isSame(view.checkpoint, checkpoint));
    if (known === undefined) views.push({ checkpoint, note, by: [userId as UserId] });
    else known.by.push(userId as UserId);
  }
  return views.toSorted((one, other) => one.checkpoint.size - other.checkpoint.size);
}

/** Proofs ascend, and each is for a size that somebody named. */
function requireNamed(views: readonly View[], { checkpoint, recorded }: ProvenLog): void {
  let before = -1;
  for (const [index, { size }] of recorded.views.entries()) {
    const isNamed = views.some((view) => view.checkpoint.size === size) && size !== checkpoint.size;
    must(isNamed && size > before, "record.form", `log.views[${index}]`);
    before = size;
  }
}

async function compare(
  view: View,
  views: readonly View[],
  { checkpoint, key, recorded }: ProvenLog,
): Promise<ViewReport["fits"]> {
  const { root, size } = view.checkpoint;
  if (size === checkpoint.size) return isSame(view.checkpoint, checkpoint) ? "fits" : "otherView";
  // Of one size the log signed two: that is a lie, whichever fits.
  const twins = views.filter((other) => other !== view && other.checkpoint.size === size);
  const index = recorded.views.findIndex((one) => one.size === size);
  const proof = recorded.views[index]?.proof;
  if (proof === undefined) return twins.length > 0 ? "otherView" : "notCompared";
  const shown = await judgeView(view, { key, checkpoint, note: recorded.checkpoint }, proof);
  if (shown === "fits")
    return twins.some((twin) => equalBytes(twin.checkpoint.root, root)) ? "otherView" : "fits";
  must(shown !== undefined || twins.length > 0, "record.unproven", `log.views[${index}]`);
  return "otherView";
}

/** What a log signed. */
interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: string;
}

/** @returns undefined where the hashes show neither */
async function judgeView(
  view: SignedCheckpoint,
  { checkpoint, key, note }: SignedCheckpoint & { readonly key: VerifierKey },
  proof: readonly Bytes[],
): Promise<"fits" | "otherView" | undefined> {
  const [first, second] =
    view.checkpoint.size < checkpoint.size ? [view.checkpoint, checkpoint] : [checkpoint, view.checkpoint];
  if (verifyConsistency(first, second, proof)) return "fits";
  const evidence = {
    finding: "otherView" as const,
    serverOrigin: "",
    logKey: formatVerifierKey(key),
    foundAtMs: 0,
    known: note,
    shown: view.note,
    consistencyProof: proof,
  };
  const { judgement } = await judgeEvidence(evidence, key);
  return judgement === "proven" ? "otherView" : undefined;
}

/**
 * What hashes of consistency, which a server gave, show of a view: for whoever writes a record, in which hashes that show nothing would refuse the whole.
 * @param seen as somebody signed it in a `call` or `join` proof
 * @param log `note`: the checkpoint of the record
 * @returns undefined where they show nothing, or one of the two is not signed by the log
 */
export async function viewShownBy(
  seen: Bytes,
  log: { readonly key: VerifierKey; readonly note: string },
  proof: readonly Bytes[],
): Promise<"fits" | "otherView" | undefined> {
  const { key, note } = log;
  const seenNote = noteOfSeen(seen, key);
  const opened = seenNote === undefined ? undefined : await openCheckpoint(seenNote, key);
  const last = await openCheckpoint(note, key);
  if (seenNote === undefined || opened?.ok !== true || !last.ok) return undefined;
  const { checkpoint } = last;
  return judgeView({ checkpoint: opened.checkpoint, note: seenNote }, { checkpoint, key, note }, proof);
}

/** Two checkpoints of a log that keeps a map. */
const isSame = (one: Checkpoint, other: Checkpoint): boolean =>
  one.size === other.size && equalBytes(one.root, other.root) && isSameMap(one.mapRoot, other.mapRoot);
