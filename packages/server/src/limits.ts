import { defaultCallTimes, mostKeptMissedMs, pairingMs } from "@signet/protocol";

/** More than this no terminal takes. */
export const mostKeepMissedDays = mostKeptMissedMs / (24 * 3_600_000);

/** Bounds that a server keeps, each with the way to turn it. Durations in milliseconds. */
export interface ServerLimits {
  /** People in a call besides the initiator. */
  readonly callMembers: number;
  /** Calls that may ring at once for one person, and by one person. */
  readonly openRings: number;
  readonly ringMs: number;
  /** Without a connection for so long, a terminal is out of its call. */
  readonly lostMs: number;
  /** Longest sign-in. Verification refuses more than 12 h anyway. */
  readonly bindingMs: number;
  readonly connections: number;
  /** TCP connections without a signed-in terminal, requests for pages among them: when it is full, the oldest makes room. */
  readonly strangers: number;
  /** The same for one address of IPv4, or /56 of IPv6, and four times of a /48: enough for an office behind one address that signs in in the morning. */
  readonly strangersPerAddress: number;
  /** After this long without a sign-in a connection ends; a page that is open connects anew. */
  readonly strangerMs: number;
  /** Messages per second from one terminal, in the long run. */
  readonly messagesPerSecond: number;
  /** Messages that may come at once after a pause. */
  readonly messageBurst: number;
  readonly helloMs: number;
  /** A peer gets this long to send its request's head, so that half-open sockets do not pile up. */
  readonly headMs: number;
  /** A peer that was silent this long is dead; it is pinged three times before. */
  readonly silenceMs: number;
  readonly challengeMs: number;
  /** What a terminal may leave unread before it is cut off. */
  readonly unreadBytes: number;
  /** Tests of the audio connection that go on at the same time; each costs a key exchange and a socket. */
  readonly probes: number;
  /** Tests of one person within a minute. */
  readonly probesPerMinute: number;
  /**
   * Audio connections of one person within a minute; each costs a key exchange and a socket. A terminal whose connections fail one after the
   * other makes about 16.
   */
  readonly offersPerMinute: number;
  /**
   * Bytes of replies that one person gets at once, and within a minute in the long run: a list of 256 people with certificates takes about 1 MiB,
   * and so does a page of Commits, or a GroupInfo. Afterwards what has large replies is refused for a while.
   */
  readonly replyBytes: number;
  readonly replyBytesPerMinute: number;
  /**
   * Statements of one person's key history at once, and within a minute in the long run; what takes a device away has no bound but the history's own.
   * Each is told with the whole history to everybody who watches the person or is in a call with them: 20 of the largest fit into what a
   * terminal may leave unread.
   */
  readonly statementBurst: number;
  readonly statementsPerMinute: number;
  /**
   * Sealed documents that one person has kept at once, and within a minute in the long run: each is up to 330 kB to be written. Two terminals that
   * both change something try a few times each.
   */
  readonly documentBurst: number;
  readonly documentsPerMinute: number;
  /** For how long a call is kept that somebody missed where no terminal of theirs was; 0 keeps none. At most {@link mostKeepMissedDays}. */
  readonly keepMissedMs: number;
  /** Missed calls by one person that are kept for another one, and for all together; the oldest make room. */
  readonly missedPerPair: number;
  readonly missedPerCaller: number;
  /** Of one of them, as it is kept: what people in a call said of who may be in it can be many times what a call is. */
  readonly missedBytes: number;
  /** Voice messages by one person that are kept for another one, and for all together; the oldest make room. */
  readonly messagesPerPair: number;
  readonly messagesPerCaller: number;
  /** Messages that one person leaves at once, and within a minute in the long run: each is up to 360 kB to be written, whether or not anybody gets it. */
  readonly messageLeaveBurst: number;
  readonly messagesPerMinute: number;
  /** For how long after a call that nobody answered a message may be left, and after how many of one caller: as many as a call has people. */
  readonly messageOpenMs: number;
  readonly messageOpenPerCaller: number;
  /** Keys of places that one person says, and asks of others, within a minute. */
  readonly mailboxesPerMinute: number;
  /** Codes that are shown at the same time, to add a device at another machine. */
  readonly pairings: number;
  /** How long a code waits, and how long what follows may take: less than a stranger may stay. */
  readonly pairingMs: number;
  /** Codes that one person shows within a minute. */
  readonly pairingsPerMinute: number;
  /** Codes that nobody shows, from one address as strangers are counted, within a minute. */
  readonly wrongCodesPerMinute: number;
  /**
   * People whom one person brings into running calls at once, and within a minute in the long run: as many as a call has, and then few. What
   * goes over is owed.
   */
  readonly invitationBurst: number;
  readonly invitationsPerMinute: number;
  /** Browsers that one person says are to be woken: each sign-in says so anew. */
  readonly pushesPerMinute: number;
  /** People whom one person blocks, or does so no longer: each is written and synced. */
  readonly blocksPerMinute: number;
  /** Choices of one person of who sees whether they are there: each may be a thousand rows. */
  readonly presencesPerMinute: number;
  /** Pictures that one person chooses, or takes away: each is written and synced. */
  readonly picturesPerMinute: number;
  /** How long a connection over the relay may begin after its credentials were given. */
  readonly relayCredentialMs: number;
  /** Allocations of the relay in all; each is a socket of TCP and one of UDP. */
  readonly relayAllocations: number;
  /** Of one terminal: a browser makes one for each address of its machine, and a new connection begins before the old one goes. */
  readonly relayAllocationsPerTerminal: number;
  /** What one terminal may have relayed, both ways: 32 voices take half of it. And what may come at once after a pause. */
  readonly relayBytesPerSecond: number;
  readonly relayBurstBytes: number;
  /** What a terminal may leave unread of what is relayed: a second of 8 voices; what waits longer is too late. */
  readonly relayUnreadBytes: number;
  /** ICE and DTLS take well under a second where UDP passes, and a few where packets get lost. */
  readonly probeMs: number;
}

export const defaultLimits: ServerLimits = {
  callMembers: 100,
  openRings: 4,
  ringMs: 45_000,
  lostMs: defaultCallTimes.lostMs,
  bindingMs: 12 * 3_600_000,
  connections: 20_000,
  strangers: 5_000,
  strangersPerAddress: 256,
  strangerMs: 5 * 60_000,
  messagesPerSecond: 50,
  messageBurst: 200,
  helloMs: 10_000,
  headMs: 10_000,
  silenceMs: 30_000,
  challengeMs: 120_000,
  unreadBytes: 8 * 1024 * 1024,
  probes: 32,
  probesPerMinute: 6,
  offersPerMinute: 30,
  replyBytes: 16 * 1024 * 1024,
  replyBytesPerMinute: 4 * 1024 * 1024,
  statementBurst: 20,
  statementsPerMinute: 6,
  documentBurst: 20,
  documentsPerMinute: 10,
  keepMissedMs: 7 * 24 * 3_600_000,
  missedPerPair: 8,
  missedPerCaller: 512,
  missedBytes: 32 * 1024,
  messagesPerPair: 4,
  messagesPerCaller: 32,
  messageLeaveBurst: 12,
  messagesPerMinute: 4,
  messageOpenMs: 15 * 60_000,
  messageOpenPerCaller: 128,
  mailboxesPerMinute: 60,
  pairings: 1_024,
  pairingMs,
  pairingsPerMinute: 6,
  wrongCodesPerMinute: 30,
  invitationBurst: 100,
  invitationsPerMinute: 20,
  pushesPerMinute: 20,
  blocksPerMinute: 60,
  presencesPerMinute: 30,
  picturesPerMinute: 10,
  relayCredentialMs: 120_000,
  relayAllocations: 4_096,
  relayAllocationsPerTerminal: 8,
  relayBytesPerSecond: 512 * 1024,
  relayBurstBytes: 1024 * 1024,
  relayUnreadBytes: 64 * 1024,
  probeMs: 10_000,
};
