import { ownFeatures } from "@signet/protocol";

/** What a terminal of this version says of itself. */
export const helloOf = <Named extends object>(named: Named) => ({
  version: 1 as const,
  ...named,
  features: [...ownFeatures],
});
