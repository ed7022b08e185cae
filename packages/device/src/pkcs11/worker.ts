/**
 * Runs one module in a process of its own: a card takes 100 to 500 ms for a signature, a reader with keys waits for a person, and
 * asking whether a token is there may cost tens of milliseconds; meanwhile audio must flow. And a module that crashes takes this
 * process with it, and nothing else.
 */
import { loadCryptoki } from "./cryptoki.ts";
import { TokenFailure, failureOf, reasonOf } from "./failure.ts";
import type { RequestMessage, RequestName, Requests, WorkerMessage } from "./messages.ts";
import { TokenModule } from "./token-module.ts";

/** Three polls fit into the second in which a removal must be noticed, so one may be late and one unclear. */
const pollEveryMs = 300;

// Where the terminal has gone, nobody is there to be told.
const post = (message: WorkerMessage): void => void process.send?.(message, undefined, {}, () => undefined);

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
  const presence = moduleOf().presenceOf(session);
  if (presence === "there") return;
  if (presence === "gone") unwatch(session);
  post({ type: presence, session });
}

function finalize(): void {
  for (const session of watched.keys()) unwatch(session);
  loaded?.finalize();
  loaded = undefined;
}

const handlers: { [N in RequestName]: (ask: Requests[N]["ask"]) => Requests[N]["answer"] } = {
  load: (choice) => {
    const { cryptoki, finalize } = loadCryptoki(choice);
    loaded = { module: new TokenModule(cryptoki), finalize };
  },
  survey: () => moduleOf().survey(),
  open: ({ slot, write }) => moduleOf().open(slot, write),
  logIn: (ask) => moduleOf().logIn(ask),
  objects: (ask) => moduleOf().objects(ask),
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
  finalize,
};

/** @returns the failure, told to the other side */
function serve<N extends RequestName>({ number, name, ask }: RequestMessage<N>): TokenFailure | undefined {
  try {
    post({ type: "answer", number, answer: handlers[name](ask) });
    return undefined;
  } catch (error) {
    const failure = failureOf(error);
    const { code, cause } = failure;
    post({ type: "failure", number, code, ...(cause === undefined ? {} : { reason: reasonOf(cause) }) });
    return failure;
  }
}

process.on("message", (request: RequestMessage) => {
  const failure = serve(request);
  // The answer first, then the removal that it showed.
  if (failure?.code === "device.tokenRemoved" && "session" in request.ask) {
    const { session } = request.ask;
    if (!watched.has(session)) return;
    unwatch(session);
    post({ type: "gone", session });
  }
});

// Ctrl-C is meant for the terminal, which comes to an end in order; with it this process does.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => {
  try {
    finalize();
  } finally {
    process.exit();
  }
});
