/** What a person does about what is said, signed and kept in the call that this terminal is in, or was in last. */
import type { CurrentCall } from "./current-call.ts";
import type { RecordApi } from "./record/record-api.ts";
import type { ResolutionsApi } from "./resolutions/resolutions-api.ts";

export const resolutionsPart = (calls: () => CurrentCall): ResolutionsApi => ({
  propose: async (...input) => calls().ongoing.talk.resolutions.propose(...input),
  decide: async (...input) => calls().ongoing.talk.resolutions.decide(...input),
  withdraw: async (id) => calls().ongoing.talk.resolutions.withdraw(id),
  signatures: async (id) => calls().now?.talk.resolutions.signatures(id) ?? [],
  saved: async () => calls().now?.talk.savedResolutions(),
});

export const recordPart = (calls: () => CurrentCall): RecordApi => ({
  keep: (on) => calls().ongoing.talk.keeping.keep(on),
  save: async () => calls().latest.talk.record(),
});
