/** Requests about what is beside calls, each a file of its own. */
import { blockRequests } from "./block.ts";
import { wordRequests } from "./call-words.ts";
import { directoryRequests } from "./directory.ts";
import { pictureRequests } from "./picture.ts";
import { pushRequests } from "./push.ts";

export const besideRequests = {
  ...blockRequests,
  ...directoryRequests,
  ...pictureRequests,
  ...pushRequests,
  ...wordRequests,
} as const;
