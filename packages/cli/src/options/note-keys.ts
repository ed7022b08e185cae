/** Keys of logs and witnesses, as options take them. */
import { parseVerifierKey } from "@signet/directory";
import type { NoteKeyKind, VerifierKey } from "@signet/directory";
import { texts } from "@signet/words/command-line";

import { bad, list, ok } from "./option-spec.ts";
import type { Parsed } from "./option-spec.ts";

/** As signed notes write keys: `name+id+key`. */
export const noteKey =
  (kind: NoteKeyKind) =>
  (value: string): Parsed<VerifierKey> => {
    const key = parseVerifierKey(value);
    return key?.kind === kind ? ok(key) : bad(texts().monitor.keyRule[kind]);
  };

/** Separated by commas. */
export const noteKeys =
  (kind: NoteKeyKind) =>
  (value: string): Parsed<readonly VerifierKey[]> => {
    const listed = list(value);
    const keys: VerifierKey[] = [];
    for (const each of listed.ok ? listed.value : []) {
      const parsed = noteKey(kind)(each);
      if (!parsed.ok) return parsed;
      keys.push(parsed.value);
    }
    return keys.length === 0 ? bad(texts().monitor.keyRule[kind]) : ok(keys);
  };
