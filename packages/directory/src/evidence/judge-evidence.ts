/** What speaks against a log by itself, to whoever knows its key and nothing else: what it signed, and what is in the tree that it signed. */
import { equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { Checkpoint } from "../note/checkpoint.ts";
import { openCheckpoint } from "../note/open-checkpoint.ts";
import { parseVerifierKey } from "../note/verifier-key.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import { hashBytes } from "../tree/hashes.ts";
import { isSameMap, rebuildRoots } from "../tree/verify-consistency.ts";
import type { LogEvidence } from "./evidence.ts";
import { judgeEntries } from "./judge-entries.ts";
import type { BreaksRule, ProvenByEntries } from "./judge-entries.ts";

/**
 * By which it is proven. `sameSize`: two trees, or two maps, of one size. `otherBeginning`: the later tree's own hashes say that it began otherwise.
 * `noMap`: a checkpoint that says nothing of the map.
 */
export type ProvenBy = "sameSize" | "otherBeginning" | "noMap" | ProvenByEntries;

/**
 * Why it is not. `unsigned`: that key signed none of it, or not both. `mayFit`: it did, and nothing here says that they cannot be of one log. `word`: what was found
 * rests on the word of whoever found it.
 */
export type NotProvenBecause = "unsigned" | "mayFit" | "word";

export type EvidenceJudgement =
  | { readonly judgement: "proven"; readonly why: ProvenBy }
  | { readonly judgement: "notProven"; readonly why: NotProvenBecause };

const proven = (why: ProvenBy): EvidenceJudgement => ({ judgement: "proven", why });
const notProven = (why: NotProvenBecause): EvidenceJudgement => ({ judgement: "notProven", why });

/**
 * Whether it convinces a stranger. What the finding calls itself does not matter: whatever is shown counts.
 * @param logKey by default the one that the evidence names
 * @param breaksRule folds a history; without it nothing is proven that only a fold finds
 */
export async function judgeEvidence(
  evidence: LogEvidence,
  logKey: VerifierKey | undefined = parseVerifierKey(evidence.logKey),
  breaksRule?: BreaksRule,
): Promise<EvidenceJudgement> {
  if (logKey?.kind !== "log") return notProven("unsigned");
  const [known, shown] = await Promise.all([
    checkpointIn(evidence.known, logKey),
    checkpointIn(evidence.shown, logKey),
  ]);
  if ([known, shown].some((one) => one !== undefined && one.mapRoot === undefined)) return proven("noMap");
  if (known !== undefined && shown !== undefined) {
    const apart = doNotFit(known, shown, evidence.consistencyProof ?? []);
    if (apart !== undefined) return proven(apart);
  }
  const why = shown && (await judgeEntries(evidence, shown, breaksRule));
  if (why !== undefined) return proven(why);
  const notes = [evidence.known, evidence.shown].filter((note) => note !== undefined);
  const signed = [known, shown].filter((one) => one !== undefined);
  if (signed.length < notes.length) return notProven("unsigned");
  return notProven(signed.length === 2 && evidence.entries === undefined ? "mayFit" : "word");
}

async function checkpointIn(note: string | undefined, logKey: VerifierKey): Promise<Checkpoint | undefined> {
  const opened = note === undefined ? undefined : await openCheckpoint(note, logKey);
  return opened?.ok === true ? opened.checkpoint : undefined;
}

/** Two trees of one size, with another root each; or a later one whose own hashes rebuild it, and another root of its first leaves than was signed. */
function doNotFit(one: Checkpoint, other: Checkpoint, proof: readonly Bytes[]): ProvenBy | undefined {
  const [first, second] = one.size <= other.size ? [one, other] : [other, one];
  if (first.size === second.size)
    return equalBytes(first.root, second.root) && isSameMap(first.mapRoot, second.mapRoot)
      ? undefined
      : "sameSize";
  // Of other lengths they could be read in two ways.
  if (first.size === 0 || !proof.every(({ length }) => length === hashBytes)) return undefined;
  const roots = rebuildRoots(first.size, second.size, proof);
  if (roots === undefined || !equalBytes(roots.second, second.root)) return undefined;
  return equalBytes(roots.first, first.root) ? undefined : "otherBeginning";
}
