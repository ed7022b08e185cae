/** What a person does about the resolutions of the call that this terminal is in, or was in last. */
import type { CurrentCall } from "../current-call.ts";
import type { ResolutionsApi } from "./resolutions-api.ts";

export const resolutionsPart = (calls: () => CurrentCall): ResolutionsApi => ({
  propose: async (...input) => calls().ongoing.talk.resolutions.propose(...input),
  decide: async (...input) => calls().ongoing.talk.resolutions.decide(...input),
  withdraw: async (id) => calls().ongoing.talk.resolutions.withdraw(id),
  saved: async () => calls().now?.talk.resolutions.saved(),
});
