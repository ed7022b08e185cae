/** Requests about what is beside calls, each a file of its own. */
import { blockRequests } from "./block.ts";
import { directoryRequests } from "./directory.ts";
import { pictureRequests } from "./picture.ts";
import { pushRequests } from "./push.ts";

export const besideRequests = {
  ...blockRequests,
  ...directoryRequests,
  ...pictureRequests,
  ...pushRequests,
} as const;
