/** Evidence against logs, of each way in which a lie is proven, and what looks like it and is none. */
import { encodeLogEntry, encodeMapRootEntry, formatEvidence, leafHash, logEntryOf } from "@signet/directory";
import type { EvidentEntry, EvidentHead, LogEvidence } from "@signet/directory";
import { UserId, utf8 } from "@signet/protocol";

import { startMs } from "./call-of-five.ts";
import { before, twoPeople } from "./other-calls.ts";
import { seededDevice, seededLog } from "./seeded-keys.ts";
import { WrittenLog } from "./written-log.ts";
import { WrittenPerson, serverOrigin } from "./written-person.ts";

const newLog = () => new WrittenLog(seededLog("signet.example/log"));
const register = (userId: string) => WrittenPerson.register(userId, "Somebody", before);

const written = (
  log: WrittenLog,
  found: Omit<LogEvidence, "serverOrigin" | "logKey" | "foundAtMs">,
): string => formatEvidence({ serverOrigin, logKey: log.verifierKey, foundAtMs: startMs, ...found });

const entriesOf = (log: WrittenLog, first = 0, end = log.size): EvidentEntry[] =>
  log.entries.slice(first, end).map((entry, i) => ({
    position: first + i,
    entry,
    inclusionProof: log.inclusion(first + i),
  }));

const headsOf = (log: WrittenLog, ...userIds: readonly string[]): EvidentHead[] =>
  userIds.map((userId) => ({ userId: UserId.parse(userId), ...log.mapProof(UserId.parse(userId)) }));

/** Two checkpoints of one size that the log signed, or that fit. */
export async function evidence({ isLie }: { readonly isLie: boolean }): Promise<string> {
  const [log, forked] = [newLog(), newLog()];
  await twoPeople(log);
  for (const userId of ["mallory", "mallet"]) forked.append((await register(userId)).history);
  const [known, other] = [await log.checkpoint(), await forked.checkpoint()];
  log.append((await register("carla")).history);
  const shown = isLie ? other : await log.checkpoint();
  return written(log, { finding: "otherView", known, shown, consistencyProof: [] });
}

/** A later checkpoint whose own hashes say that it began otherwise. @param earlier entries of the earlier one: 3, or 4, a power of two */
async function otherBeginning(earlier: 3 | 4): Promise<string> {
  const [log, forked] = [newLog(), newLog()];
  for (const userId of ["anna", "ben", "carla"].slice(0, earlier - 1))
    log.append((await register(userId)).history);
  const known = await log.checkpoint();
  for (const userId of ["zoe", "yves", "xenia", "walt"]) forked.append((await register(userId)).history);
  const shown = await forked.checkpoint();
  const whole = earlier === 4 ? [forked.rootAt(earlier)] : [];
  const consistencyProof = [...whole, ...forked.consistency(earlier)];
  return written(log, { finding: "forked", known, shown, consistencyProof });
}

/** A statement in anna's history that ben's device signed, in a log that took it. @param times that the entries are shown */
async function statementOfAnother(times = 1): Promise<string> {
  const log = newLog();
  const anna = await register("anna");
  log.append(anna.history);
  await anna.add(await seededDevice("telephone"), before, "Telephone", await seededDevice("ben"));
  log.append(anna.history);
  const shown = await log.checkpoint();
  const place = { userId: "anna", sequence: 1, position: 1, code: "history.deviceUnknown" } as const;
  return written(log, {
    finding: "rule",
    shown,
    ...place,
    entries: Array.from({ length: times }, () => entriesOf(log, 0, 2)).flat(),
  });
}

/** Dora was recovered by ruth. @param isHers by a device of ruth's @param isShown ruth's history is there */
async function recovered(isHers: boolean, isShown: boolean): Promise<string> {
  const log = newLog();
  const [dora, ruth] = [await register("dora"), await register("ruth")];
  log.append(dora.history);
  log.append(ruth.history);
  const by = isHers ? ruth : await WrittenPerson.register("ruth", "Somebody", before, { key: "mallory" });
  const administrator = { userId: ruth.userId, head: ruth.head, first: by.first } as WrittenPerson;
  await dora.recover(await seededDevice("dora new"), before, administrator);
  log.append(dora.history);
  const shown = await log.checkpoint();
  const entries = entriesOf(log).filter(({ position }) => isShown || position !== 1);
  return written(log, { finding: "rule", shown, userId: "dora", sequence: 1, position: 2, entries });
}

/**
 * Anna and ben; then carla, and a telephone and a tablet of anna's.
 * @param then what the log makes of these, whose heads are shown as the first root has them
 */
async function afterRoot(
  then: (log: WrittenLog, carla: WrittenPerson, annas: readonly WrittenPerson["history"][]) => void,
  { finding = "map", isFromStart = false }: Partial<LogEvidence> & { readonly isFromStart?: boolean } = {},
): Promise<string> {
  const log = newLog();
  const { anna } = await twoPeople(log);
  const heads = headsOf(log, "anna", "carla");
  const carla = await register("carla");
  const annas: WrittenPerson["history"][] = [];
  for (const name of ["telephone", "tablet"]) {
    await anna.add(await seededDevice(name), before);
    annas.push(anna.history);
  }
  then(log, carla, annas);
  const shown = await log.checkpoint();
  return written(
    log,
    isFromStart
      ? { finding, shown, entries: entriesOf(log) }
      : { finding, shown, entries: entriesOf(log, 2), heads },
  );
}

/** By their names. */
export async function evidentLies(): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const made: Record<string, string> = {
    "same-size": await evidence({ isLie: true }),
    "may-fit": await evidence({ isLie: false }),
    beginning: await otherBeginning(3),
    "beginning-whole": await otherBeginning(4),
    rule: await statementOfAnother(),
    "rule-twice": await statementOfAnother(2),
    recovered: await recovered(true, true),
    "recovered-unknown": await recovered(true, false),
    "recovered-other": await recovered(false, true),
    "recovered-other-unknown": await recovered(false, false),
  };
  const honest: Parameters<typeof afterRoot>[0] = (log, carla, annas) => {
    log.append(carla.history);
    for (const history of annas) log.append(history);
  };
  made["honest"] = await afterRoot(honest);
  made["honest-start"] = await afterRoot(honest, { isFromStart: true });
  // Carla is in no map, and carla's head is shown to nobody.
  const skips: Parameters<typeof afterRoot>[0] = (log, _carla, annas) =>
    annas.slice(1).forEach((history) => log.append(history));
  made["skipped"] = await afterRoot(skips, { finding: "outOfOrder" });
  made["skipped-start"] = await afterRoot(skips, { finding: "outOfOrder", isFromStart: true });
  made["twice"] = await afterRoot((log, _carla, [history]) => {
    if (history === undefined) return;
    log.append(history);
    log.append(history);
  });
  made["other-map"] = await afterRoot((log, carla) => {
    const { mapRoot } = log;
    log.append(carla.history);
    log.appendAnyhow(encodeMapRootEntry(mapRoot));
  });
  made["unknown-entry"] = await afterRoot((log, { history }) => {
    log.appendAnyhow(utf8("what is this"));
    log.append(history);
  });
  made["of-guest"] = await afterRoot((log, { history }) => {
    const userId = UserId.parse(`~${"a".repeat(26)}`);
    log.appendAnyhow(encodeLogEntry({ ...logEntryOf(history, 0), userId }));
    log.append(history);
  });
  const log = newLog();
  await twoPeople(log);
  const [last] = entriesOf(log, log.size - 1);
  const known = await log.checkpoint();
  if (last === undefined) throw new Error("no entries");
  const { inclusionProof = [], position } = last;
  const shown = await log.signs({ mapRoot: new Uint8Array(32) });
  const hidden = { position, inclusionProof, leafHash: leafHash(log.entries[position] ?? new Uint8Array()) };
  made["not-at-end"] = written(log, { finding: "missingMap", shown, entries: [last] });
  made["not-at-end-hidden"] = written(log, { finding: "missingMap", shown, entries: [hidden] });
  made["at-end-hidden"] = written(log, { finding: "missingMap", shown: known, entries: [hidden] });
  made["no-map"] = written(log, { finding: "badCheckpoint", shown: await log.signs({}) });
  made["unsigned"] = written(log, {
    finding: "badCheckpoint",
    shown: shown.replace(/.{8}\n$/, "AAAAAAA=\n"),
  });
  return Object.entries(made).map(([name, text]) => ({ name, text }));
}

/** The same file, written otherwise: what of it is read, and what is none. */
export function otherForms(text: string): readonly { readonly name: string; readonly text: string }[] {
  const with_ = (search: string | RegExp, other: string) => text.replace(search, other);
  const made: Record<string, string> = {
    "one-line": JSON.stringify(JSON.parse(text)),
    "version-2": with_('"version": 1', '"version": 2'),
    "version-true": with_('"version": 1', '"version": true'),
    "version-twice": with_('"version": 1', '"version": 2, "version": 1'),
    "version-other-twice": with_('"version": 1', '"version": 1, "version": 2'),
    "finding-unknown": with_(/"finding": "[a-zA-Z]+"/, '"finding": "lie"'),
    "found-fraction": with_(/"foundAtMs": \d+/, '"foundAtMs": 1.5'),
    "found-exponent": with_(/"foundAtMs": \d+/, '"foundAtMs": 1.5e3'),
    "found-late": with_(/"foundAtMs": \d+/, '"foundAtMs": 9007199254740992'),
    "found-long": with_(/"foundAtMs": \d+/, `"foundAtMs": 1${"0".repeat(5_000)}`),
    "found-infinity": with_(/"foundAtMs": \d+/, '"foundAtMs": Infinity'),
    "user-null": with_('"version": 1', '"version": 1, "userId": null'),
    "code-null": with_('"version": 1', '"version": 1, "code": null, "other": [null]'),
    "proofs-none": with_('"version": 1', '"version": 1, "proofs": []'),
    "entries-object": with_('"version": 1', '"version": 1, "heads": {}'),
    "shown-surrogate": with_('"shown": "', '"shown": "\\ud800'),
    "byte-order-mark": `\ufeff${text}`,
    longest: text + " ".repeat(8_388_608 - text.length),
    "too-long": text + " ".repeat(8_388_609 - text.length),
  };
  return Object.entries(made).map(([name, other]) => ({ name, text: other }));
}
