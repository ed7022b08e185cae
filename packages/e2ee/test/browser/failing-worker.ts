/** The frame worker, which can be made to fail. */
import "../../src/frames/worker.ts";

export type FailingWorkerOrder =
  /** Never does anything again. */
  | { readonly type: "stall" }
  /** Dies of an error. */
  | { readonly type: "throw" };

addEventListener("message", ({ data }: MessageEvent<FailingWorkerOrder | { readonly type: "" }>) => {
  if (data.type === "stall") while (performance.now() > 0) continue;
  if (data.type === "throw") throw new Error("as the test ordered");
});
