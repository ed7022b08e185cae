/**
 * Runs one module in a thread of its own: a card takes 100 to 500 ms for a signature, a reader with keys waits for a
 * person, and asking whether a token is there may cost tens of milliseconds; meanwhile audio must flow.
 */
import { parentPort } from "node:worker_threads";

import { loadCryptoki } from "./cryptoki.ts";
import { TokenFailure, failureOf } from "./failure.ts";
import type { RequestMessage, RequestName, Requests, WorkerMessage } from "./messages.ts";
import { TokenModule } from "./token-module.ts";

/** Three polls fit into the second in which a removal must be noticed, so one may be late and one unclear. */
const pollEveryMs = 300;

const port = parentPort;
if (port === null) throw new TokenFailure("device.tokenFailed");

const post = (message: WorkerMessage): void => port.postMessage(message);

let loaded: { readonly module: TokenModule; readonly finalize: () => void } | undefined;
const watched = new Map<number, NodeJS.Timeout>();

function moduleOf(): TokenModule {
  if (loaded === undefined) throw new TokenFailure("device.tokenFailed");
  return loaded.module;
}

function unwatch(session: number): void {
  clearInterval(watched.get(session));
  watched.delete(session);
}

function checkPresence(session: number): void {
  if (!watched.has(session) || !moduleOf().isGone(session)) return;
  unwatch(session);
  post({ type: "gone", session });
}

const handlers: { [N in RequestName]: (ask: Requests[N]["ask"]) => Requests[N]["answer"] } = {
  load: ({ modulePath }) => {
    const { cryptoki, finalize } = loadCryptoki(modulePath);
    loaded = { module: new TokenModule(cryptoki), finalize };
  },
  survey: () => moduleOf().survey(),
  open: ({ slot, write }) => moduleOf().open(slot, write),
  logIn: ({ session, pin }) => moduleOf().logIn(session, pin),
  objects: ({ session }) => moduleOf().objects(session),
  generate: (ask) => moduleOf().generate(ask),
  sign: (ask) => moduleOf().sign(ask),
  watch: ({ session }) => {
    watched.set(
      session,
      setInterval(() => checkPresence(session), pollEveryMs),
    );
  },
  close: ({ session }) => {
    unwatch(session);
    loaded?.module.close(session);
  },
  finalize: () => {
    for (const session of watched.keys()) unwatch(session);
    loaded?.finalize();
    loaded = undefined;
  },
};

/** @returns the failure, told to the other side */
function serve<N extends RequestName>({ number, name, ask }: RequestMessage<N>): TokenFailure | undefined {
  try {
    post({ type: "answer", number, answer: handlers[name](ask) });
    return undefined;
  } catch (error) {
    const failure = failureOf(error);
    const { cause } = failure;
    post({
      type: "failure",
      number,
      code: failure.code,
      reason: cause instanceof Error ? cause.message : failure.message,
    });
    return failure;
  }
}

port.on("message", (request: RequestMessage) => {
  const failure = serve(request);
  // The answer first, then the removal that it showed.
  if (failure?.code === "device.tokenRemoved" && "session" in request.ask) {
    const { session } = request.ask;
    if (!watched.has(session)) return;
    unwatch(session);
    post({ type: "gone", session });
  }
});
