import type { DocumentView, ErrorCode, PhraseState } from "@signet/protocol";

import type { Comparison } from "../people/comparison.ts";

/** How far what belongs to the person is the same at all of their terminals. */
export type Carrying =
  /** Looked for, or not put yet. */
  | { readonly status: "pending" }
  /** The server keeps all of it, sealed. */
  | { readonly status: "carried" }
  /** It stays on this terminal; the code's sentence says why. */
  | { readonly status: "keptHere"; readonly code: ErrorCode };

/** People, groups, settings and history of whoever is signed in: the same at all of their terminals. */
export interface PersonalState extends DocumentView {
  readonly carrying: Carrying;
  /** Of the recovery phrase, as far as this terminal knows. */
  readonly phrase: PhraseState;
  /** With whom the person compared in person, and whether that holds by what the server shows of them. */
  readonly comparisons?: readonly Comparison[];
  /** Why the server does not keep to `presenceFor`, or does not know it. */
  readonly presenceUntold?: ErrorCode;
  /** Gone with this terminal, should it end before it is carried: nothing can be kept here. */
  readonly isInMemory?: true;
}
