import type { MediaEngine } from "@signet/media";
import type { UserId } from "@signet/protocol";
import type { Logger } from "pino";

import type { CallProcessor } from "./call/call-processor.ts";
import type { MissedCalls } from "./call/missed-calls.ts";
import type { VoiceMessages } from "./call/voice-messages.ts";
import type { CallWords } from "./call/call-words.ts";
import type { MicrophoneWords } from "./call/microphone-words.ts";
import type { SpokenWords } from "./call/spoken-words.ts";
import type { PresentWords } from "./call/present-words.ts";
import type { ServerLimits } from "./limits.ts";
import type { MediaProbes } from "./media/media-probes.ts";
import type { Relays } from "./media/relays.ts";
import type { ServerMetrics } from "./metrics.ts";
import type { PersonShares } from "./person-shares.ts";
import type { Pushes } from "./push/pushes.ts";
import type { Administration } from "./registry/administration.ts";
import type { Certificates } from "./registry/certificates.ts";
import type { CreationChallenges } from "./registry/creation-challenges.ts";
import type { DirectoryLog } from "./registry/directory-log.ts";
import type { Directory } from "./registry/directory.ts";
import type { Guests } from "./registry/guests.ts";
import type { Recoveries } from "./registry/recoveries.ts";
import type { SignatureCounts } from "./registry/signature-counts.ts";
import type { Pairings } from "./registry/pairings.ts";
import type { Sessions } from "./registry/sessions.ts";
import type { Store } from "./store/store.ts";

/** Who may create a user ID. */
export type RegistrationMode = "open" | "invite" | "closed";

/** What the request handlers work with. */
export interface Services {
  /** The one address of this server, for example `https://calls.example.org`; proofs name it. */
  readonly originOf: () => string;
  readonly registration: RegistrationMode;
  /** Who gives back what is said to them, by the word of whoever runs the server. */
  readonly echo: UserId | undefined;
  /** Whoever runs the server wants guests in calls. */
  readonly letsGuestsIn: boolean;
  readonly guests: Guests;
  /** Without trust anchors no certificates are accepted. */
  readonly certificates: Certificates | undefined;
  /** Receiving audio slots of a terminal. */
  readonly slots: number;
  readonly limits: ServerLimits;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly store: Store;
  readonly creationChallenges: CreationChallenges;
  readonly administration: Administration;
  readonly directory: Directory;
  readonly directoryLog: DirectoryLog;
  readonly recoveries: Recoveries;
  readonly sessions: Sessions;
  readonly signatureCounts: SignatureCounts;
  readonly calls: CallProcessor;
  readonly missed: MissedCalls;
  readonly messages: VoiceMessages;
  /** Of voice messages that are left. */
  readonly messageShares: PersonShares;
  /** Of keys of places. */
  readonly mailboxShares: PersonShares;
  readonly presentWords: PresentWords;
  readonly microphoneWords: MicrophoneWords;
  readonly spokenWords: SpokenWords;
  /** Of words for what was said. */
  readonly spokenShares: PersonShares;
  /** Of words about microphones, questions for them, and last frames. */
  readonly words: PersonShares;
  readonly callWords: CallWords;
  /** Of sealed words in calls, and of questions for them. */
  readonly wordShares: PersonShares;
  /** Of such words. */
  readonly wordBytes: PersonShares;
  readonly media: MediaEngine;
  readonly probes: MediaProbes;
  readonly relays: Relays;
  /** Of audio connections in calls. */
  readonly offers: PersonShares;
  readonly pairings: Pairings;
  /** Of codes that are shown. */
  readonly pairingShares: PersonShares;
  /** Of codes that nobody shows, by address. */
  readonly wrongCodes: PersonShares<string>;
  /** Of key histories. */
  readonly statements: PersonShares;
  /** Of people who are brought into running calls. */
  readonly invitations: PersonShares;
  /** Of sealed documents that are kept anew. */
  readonly documents: PersonShares;
  readonly pushes: Pushes;
  /** Of browsers that want to be woken. */
  readonly pushShares: PersonShares;
  readonly blockShares: PersonShares;
  readonly presenceShares: PersonShares;
  /** Of pictures that are chosen, or taken away. */
  readonly pictureShares: PersonShares;
  /** Bytes of replies. */
  readonly replies: PersonShares;
  readonly metrics: ServerMetrics;
  readonly log: Logger;
}
