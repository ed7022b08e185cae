/** Bounds of a call list: the statements that say who may be in a call, after the `call` proof (docs/protocol.md, "Call lists"). */

/** Far more than people are invited and removed in a call, and what a newcomer verifies within a second. */
export const mostCallStatements = 256;

/** Of them, for removals and the host's role alone: nobody fills the list with invitations so that nobody can be removed any more. */
export const reservedCallStatements = 64;

/**
 * Of their transcripts together: what a message carries beside the signatures. Not of the signatures, of which one statement may have
 * several that differ in length: where the list is full has to be the same for all.
 */
export const mostCallListBytes = 131_072;

/** Of those, as {@link reservedCallStatements}. */
export const reservedCallListBytes = 32_768;
