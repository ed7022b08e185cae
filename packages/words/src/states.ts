import type { MemberState } from "@signet/protocol";

import { catalogue } from "./language.ts";

/** Beside a name: `no answer`. */
export const memberStateLabel = (state: MemberState): string => catalogue.memberStates[state][0];

/** After a name, as the rest of a sentence: `did not answer`. */
export const memberStatePredicate = (state: MemberState): string => catalogue.memberStates[state][1];
