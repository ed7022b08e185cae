/** Everything behind the sockets. It neither listens nor waits: whoever runs it brings connections, and looks at the time. */
import { defaultSlots } from "@signet/media";
import type { MediaEngine } from "@signet/media";
import { SignetError } from "@signet/protocol";
import type { UserId } from "@signet/protocol";
import type { Logger } from "pino";

import { CallProcessor } from "./call/call-processor.ts";
import { MissedCalls } from "./call/missed-calls.ts";
import { CallWords } from "./call/call-words.ts";
import { MicrophoneWords } from "./call/microphone-words.ts";
import { SpokenWords } from "./call/spoken-words.ts";
import { PresentWords } from "./call/present-words.ts";
import { dispatch } from "./handlers/dispatch.ts";
import { forgetGuests } from "./handlers/guest.ts";
import { defaultLimits } from "./limits.ts";
import type { ServerLimits } from "./limits.ts";
import { MediaProbes } from "./media/media-probes.ts";
import { Relays } from "./media/relays.ts";
import type { OutsideTurn } from "./media/turn-credentials.ts";
import { ServerMetrics } from "./metrics.ts";
import { VoiceMessages } from "./call/voice-messages.ts";
import { PersonShares } from "./person-shares.ts";
import { Pushes } from "./push/pushes.ts";
import type { PushOptions } from "./push/pushes.ts";
import { Administration } from "./registry/administration.ts";
import type { Certificates } from "./registry/certificates.ts";
import { CreationChallenges } from "./registry/creation-challenges.ts";
import { DirectoryLog } from "./registry/directory-log.ts";
import { Directory } from "./registry/directory.ts";
import { Guests } from "./registry/guests.ts";
import { Pairings } from "./registry/pairings.ts";
import { Recoveries } from "./registry/recoveries.ts";
import { SignatureCounts } from "./registry/signature-counts.ts";
import { Sessions } from "./registry/sessions.ts";
import type { ServerOrigin } from "./server-origin.ts";
import type { RegistrationMode, Services } from "./services.ts";
import type { Store } from "./store/store.ts";
import type { Connection, ConnectionShell } from "./ws/connection.ts";

/** Of one person, in all their calls. Terminals say it half a second apart at least. */
const microphoneWordsPerMinute = 120;
/** Of one person, in all their calls: a person types less, and what is decided is given again to each who comes later. */
const callWordShare = { perMinute: 120, burst: 240 };
/** Of the same, as they are sealed. Each goes to all in the call. */
const callWordByteShare = { perMinute: 512 * 1024, burst: 2 * 1024 * 1024 };

/** Of one person. A word comes each second, and one more where a voice falls silent or a key changes; many at once after a connection was away. */
const spokenWordsPerMinute = 240;
const spokenWordsAtOnce = 60;

export interface CoreParts {
  readonly log: Logger;
  readonly certificates: Certificates | undefined;
  readonly store: Store;
  readonly media: MediaEngine;
}

export interface CoreOptions {
  readonly registration?: RegistrationMode | undefined;
  readonly administrators?: readonly UserId[] | undefined;
  readonly echo?: UserId | undefined;
  /** Whether guests without a device may be let into calls; default not. */
  readonly guests?: boolean | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  readonly media?: { readonly slots?: number | undefined } | undefined;
  readonly outsideTurn?: OutsideTurn | undefined;
  /** Left out: no page is woken. */
  readonly push?: PushOptions | undefined;
  readonly clock?: (() => number) | undefined;
}

/** With what the store knows of earlier. */
export async function createServices(
  options: CoreOptions,
  { log, certificates, store, media }: CoreParts,
  origin: ServerOrigin,
): Promise<Services> {
  const originOf = (): string => origin.current;
  const clock = options.clock ?? Date.now;
  const limits = { ...defaultLimits, ...options.limits };
  const metrics = new ServerMetrics();
  const named = options.administrators ?? [];
  const administration = new Administration(named, await store.nameAdministrators(named));
  const directory = new Directory(store, originOf, (userId) => administration.wasNamed(userId));
  const sessions = new Sessions({ store, directory, originOf, clock });
  const replies = new PersonShares(
    { perMinute: limits.replyBytesPerMinute, burst: limits.replyBytes },
    clock,
  );
  const missed = new MissedCalls({
    store,
    directory,
    isThere: (terminalId) => sessions.endpointAt(terminalId) !== undefined,
    log,
    clock,
    keptMs: limits.keepMissedMs,
    perPair: limits.missedPerPair,
    perCaller: limits.missedPerCaller,
    openPerCaller: limits.messageOpenPerCaller,
    mostBytes: limits.missedBytes,
  });
  const messages = new VoiceMessages({ store, directory, limits, clock });
  const pushParts = { store, sessions, metrics, log, originOf, clock };
  const pushes = await Pushes.open(pushParts, options.push ?? { services: [] });
  const wake = (userId: UserId, callerId: UserId, untilMs: number): void =>
    void pushes.wake(userId, callerId, untilMs);
  const calls = new CallProcessor({ store, sessions, media, missed, metrics, replies, wake, log, clock });
  sessions.listen(calls);
  await sessions.load();
  await calls.load();
  const probes = new MediaProbes({ media, clock, limits });
  return {
    originOf,
    registration: options.registration ?? (origin.isLocal ? "open" : "invite"),
    echo: options.echo,
    letsGuestsIn: options.guests === true,
    guests: new Guests(),
    certificates,
    slots: options.media?.slots ?? defaultSlots,
    limits,
    clock,
    store,
    creationChallenges: new CreationChallenges(),
    administration,
    directory,
    directoryLog: new DirectoryLog(store),
    recoveries: new Recoveries(clock),
    sessions,
    signatureCounts: new SignatureCounts(store, sessions, log),
    calls,
    missed,
    messages,
    messageShares: new PersonShares(
      { perMinute: limits.messagesPerMinute, burst: limits.messageLeaveBurst },
      clock,
    ),
    mailboxShares: new PersonShares({ perMinute: limits.mailboxesPerMinute }, clock),
    presentWords: new PresentWords(sessions, clock),
    microphoneWords: new MicrophoneWords(sessions, calls.running),
    words: new PersonShares({ perMinute: microphoneWordsPerMinute }, clock),
    spokenWords: new SpokenWords(sessions, calls.running, clock),
    spokenShares: new PersonShares({ perMinute: spokenWordsPerMinute, burst: spokenWordsAtOnce }, clock),
    callWords: new CallWords(sessions, calls.running),
    wordShares: new PersonShares(callWordShare, clock),
    wordBytes: new PersonShares(callWordByteShare, clock),
    media,
    probes,
    relays: new Relays({
      clock,
      limits,
      outside: options.outsideTurn,
      media,
      calls: calls.running,
      probes,
    }),
    pairings: new Pairings({ most: limits.pairings, lifetimeMs: limits.pairingMs }),
    pairingShares: new PersonShares({ perMinute: limits.pairingsPerMinute }, clock),
    wrongCodes: new PersonShares<string>({ perMinute: limits.wrongCodesPerMinute }, clock),
    offers: new PersonShares({ perMinute: limits.offersPerMinute }, clock),
    replies,
    invitations: new PersonShares(
      { perMinute: limits.invitationsPerMinute, burst: limits.invitationBurst },
      clock,
    ),
    pushes,
    blockShares: new PersonShares({ perMinute: limits.blocksPerMinute }, clock),
    presenceShares: new PersonShares({ perMinute: limits.presencesPerMinute }, clock),
    pictureShares: new PersonShares({ perMinute: limits.picturesPerMinute }, clock),
    pushShares: new PersonShares({ perMinute: limits.pushesPerMinute }, clock),
    documents: new PersonShares({ perMinute: limits.documentsPerMinute, burst: limits.documentBurst }, clock),
    statements: new PersonShares(
      { perMinute: limits.statementsPerMinute, burst: limits.statementBurst },
      clock,
    ),
    metrics,
    log,
  };
}

/** What connections need of the services. */
export function connectionShell(services: Services): ConnectionShell {
  const { limits, log, metrics, pairings, replies, sessions } = services;
  return {
    messagesPerSecond: limits.messagesPerSecond,
    messageBurst: limits.messageBurst,
    unreadBytes: limits.unreadBytes,
    isSignedIn: (connection) => sessions.at(connection) !== undefined,
    isPairing: (connection) => pairings.has(connection),
    handle: (connection, request, respond) => dispatch(services, connection, request, respond),
    onReply: (connection, bytes) => {
      const session = sessions.at(connection) ?? sessions.takenOverAt(connection);
      if (session !== undefined) replies.spend(session.stored.userId, bytes);
    },
    onRefusal: (connection, code) => {
      metrics.refusals.inc({ code });
      log.debug({ code, userId: sessions.at(connection)?.stored.userId }, "refused");
    },
    onFault: (type, error) => {
      // A dependency that fails is its own report; here it would be one more line for each request that needed it.
      if (error instanceof SignetError && error.code.startsWith("media."))
        log.warn({ type, code: error.code }, "media request failed");
      else log.error({ type, err: error }, "request failed");
    },
  };
}

export function connectionClosed({ pairings, probes, sessions }: Services, connection: Connection): void {
  pairings.leave(connection);
  sessions.detach(connection, connection.terminal?.terminalId);
  probes.end(connection);
}

/** To be called about once a second: ends what is due. */
export async function sweepServices(services: Services): Promise<void> {
  const { calls, clock, log, mailboxShares, messages, messageShares, missed, sessions } = services;
  const { documents, invitations, offers, pairings, pairingShares, probes, relays, replies } = services;
  const { pushes, pushShares, spokenShares, statements } = services;
  const { wordBytes, words, wordShares, wrongCodes } = services;
  try {
    const nowMs = clock();
    for (const each of [
      documents,
      invitations,
      mailboxShares,
      messageShares,
      pairings,
      pairingShares,
      probes,
      pushes,
      pushShares,
      relays,
      offers,
      replies,
      spokenShares,
      statements,
      wordBytes,
      words,
      wordShares,
      wrongCodes,
    ])
      each.tick(nowMs);
    // Neither waits for the other: rings have to end also when bindings cannot be written.
    const releases = sessions.expired(nowMs).map((session) => sessions.release(session, "expired"));
    const kept = [missed.tick(nowMs), messages.tick(nowMs), forgetGuests(services, nowMs)];
    const results = await Promise.allSettled([calls.tick(nowMs), ...kept, ...releases]);
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  } catch (error) {
    log.error({ err: error }, "the sweep failed");
  }
}
