/** The resolutions of one call, as this terminal verified them, and what its person says about them. */
import { headOf, sha256 } from "@signet/device";
import {
  encodeResolution,
  hasFeature,
  isGuestId,
  isSubject,
  mostResolutions,
  openTally,
  SerialQueue,
  shownWhole,
  SignetError,
  stepTally,
  toBase64Url,
} from "@signet/protocol";
import type {
  Bytes,
  CallId,
  Decision,
  ErrorCode,
  Resolution,
  ResolutionSubject,
  UserId,
} from "@signet/protocol";
import type { RecordedResolution } from "@signet/record";

import type { CallContext, Credentials } from "../call-entry.ts";
import type { CallWords, HeardWord } from "../call-words.ts";
import type { WordTrouble } from "../word-trouble.ts";
import { decisionBytes, documentToSign, heardCms } from "./approval-cms.ts";
import { inPieces, objectionTo, ruleOf, shownOf, statedOf } from "./held-resolution.ts";
import type { HeldResolution } from "./held-resolution.ts";
import { Newcomers } from "./newcomers.ts";
import type { Entrance } from "./newcomers.ts";
import { ResolutionTroubles } from "./resolution-troubles.ts";
import {
  decodeProposed,
  decodeSaid,
  encodeProposed,
  encodeSaid,
  transcriptOf,
  wordKinds,
} from "./resolution-words.ts";
import type { ProposedIn, StatedIn } from "./resolution-words.ts";
import type { AskedRule, CallResolutions, DecideOptions } from "./resolutions-api.ts";
import { verifyProposal, verifySaid } from "./verify-resolution.ts";
import type { ResolutionContext } from "./verify-resolution.ts";

export interface CallResolutionsOptions {
  readonly context: CallContext;
  readonly credentials: Pick<Credentials, "call" | "list">;
  readonly words: () => CallWords;
  readonly onChange: (resolutions: CallResolutions) => void;
}

export class Resolutions {
  readonly #options: CallResolutionsOptions;
  readonly #held = new Map<string, HeldResolution>();
  /** One after the other: what is said about a resolution counts in the call's order. */
  readonly #queue = new SerialQueue();
  readonly #proposing = new SerialQueue();
  readonly #newcomers = new Newcomers();
  readonly #selfId: UserId;
  readonly #troubles = new ResolutionTroubles();
  #unread: readonly UserId[] = [];
  #isDeciding = false;
  #isOver = false;

  constructor(options: CallResolutionsOptions) {
    this.#options = options;
    this.#selfId = options.context.session.requirePerson().userId;
  }

  /** A word of the call. Words of other kinds are somebody else's. */
  hear = (word: HeardWord): Promise<void> => this.#queue.run(() => this.#hear(word));

  trouble = (trouble: WordTrouble): void => {
    if (!this.#isOver && this.#troubles.add(trouble)) this.#changed();
  };

  unread = (unread: readonly UserId[]): void => {
    const isSame =
      unread.length === this.#unread.length && unread.every((userId, i) => this.#unread[i] === userId);
    if (isSame) return;
    this.#unread = unread;
    this.#changed();
  };

  /** One after the other, each with the next number. @throws SignetError */
  propose(subject: ResolutionSubject, asked: AskedRule): Promise<string> {
    return this.#proposing.run(() => this.#propose(subject, asked));
  }

  async #propose(subject: ResolutionSubject, asked: AskedRule): Promise<string> {
    const { context, credentials } = this.#options;
    const { session } = context;
    const { binding } = session.requirePerson();
    if (isGuestId(this.#selfId)) throw new SignetError("resolution.guest");
    if (!isSubject(subject)) throw new SignetError("resolution.badText");
    if (this.#held.size >= mostResolutions) throw new SignetError("resolution.tooMany");
    if (!hasFeature(session.server.features, "words")) throw new SignetError("word.notOffered");
    const words = this.#options.words();
    const { epoch } = words;
    const members = epoch === undefined ? undefined : words.membersOf(epoch);
    if (epoch === undefined || members === undefined) throw new SignetError("call.notMember");
    const { callProof, serverOrigin } = credentials.call;
    const callId = callProof.transcript.callId as CallId;
    const resolution: Resolution = {
      serverOrigin,
      callId,
      callProofDigest: callProof.digest,
      proposer: this.#selfId,
      number: 1 + Math.max(0, ...Array.from(this.#held.values(), (held) => held.resolution.number)),
      epoch,
      rule: ruleOf(asked, members),
      subject,
    };
    const digest = await sha256(encodeResolution(resolution));
    const proof = await session.signWithTerminalKey((fields) => ({
      purpose: "propose",
      ...fields,
      ...statedOf(resolution, digest),
    }));
    await words.say(
      wordKinds.propose,
      encodeProposed({ resolution, proposal: { proof, binding }, said: [] }),
    );
    return toBase64Url(digest);
  }

  /** @throws SignetError */
  async decide(id: string, decision: Decision, shown: string, options: DecideOptions = {}): Promise<void> {
    const held = this.#require(id);
    const { context } = this.#options;
    const { environment, session } = context;
    const person = session.requirePerson();
    if (isGuestId(this.#selfId)) throw new SignetError("resolution.guest");
    // Whoever signs has seen all of it, and nothing else.
    if (shown !== shownWhole(held.resolution.subject)) throw new SignetError("resolution.notShown");
    this.#requireOpen(id, decision);
    if (this.#isDeciding) throw new SignetError("resolution.decided");
    this.#isDeciding = true;
    try {
      const { resolution, digest } = held;
      const { signal } = options;
      const { device } = person;
      const issuedAtMs = environment.nowMs();
      const document =
        decision === "approve" ? await documentToSign(resolution.subject, device, options) : undefined;
      // First what may be refused before the device is asked, as for a certificate that has run out; and both before anything is said.
      const cms =
        document === undefined
          ? undefined
          : await session.signDocument(person, document, {
              signedAtMs: issuedAtMs,
              ...(signal === undefined ? {} : { signal }),
            });
      const proof = await session.signWithDevice(
        person,
        {
          purpose: "approve",
          serverOrigin: resolution.serverOrigin,
          userId: person.userId,
          deviceId: person.deviceId,
          issuedAtMs,
          ...statedOf(resolution, digest),
          head: headOf(person.known.person),
          decision,
        },
        signal,
      );
      // It may have been decided meanwhile.
      this.#requireOpen(id, decision);
      const said = { proof, ...(cms === undefined ? {} : { cms }) };
      await this.#options.words().say(wordKinds.say, encodeSaid(said, decisionBytes(device)));
    } finally {
      this.#isDeciding = false;
    }
  }

  /** @throws SignetError */
  async withdraw(id: string): Promise<void> {
    const { digest, resolution, tally } = this.#require(id);
    const { session } = this.#options.context;
    const { binding } = session.requirePerson();
    const step = stepTally(resolution, tally, { type: "withdrawal", userId: this.#selfId });
    if (!step.ok) throw new SignetError(step.code);
    const proof = await session.signWithTerminalKey((fields) => ({
      purpose: "withdraw",
      ...fields,
      ...statedOf(resolution, digest),
    }));
    await this.#options.words().say(wordKinds.say, encodeSaid({ proof, binding }));
  }

  /** The group is in a new epoch: whoever came with it is shown what was put to the others. */
  entered = (entrance: Entrance): void => {
    void this.#queue.run(async () => {
      this.#newcomers.entered(entrance);
      for (const id of this.#held.keys()) this.#showAgain(id);
    });
  };

  #showAgain(id: string): void {
    const held = this.#held.get(id);
    if (held === undefined || this.#isOver) return;
    const { proposal, resolution, said } = held;
    const { hostId } = this.#options.credentials.list;
    const { proposer } = resolution;
    const lacking = this.#newcomers.toBeShown(id, said, { hostId, proposer, selfId: this.#selfId });
    if (lacking === undefined) return;
    for (const contents of inPieces({ proposal, resolution, said: lacking })) void this.#sayAgain(contents);
  }

  async #sayAgain(contents: Bytes): Promise<void> {
    try {
      await this.#options.words().say(wordKinds.again, contents);
    } catch {
      // The call is over here.
    }
  }

  /** The call is over: what is open stays undecided. @returns what became of them: to be shown with how the call ended */
  end(): CallResolutions {
    this.#isOver = true;
    for (const [id, held] of this.#held)
      if (held.tally.state === "open")
        this.#held.set(id, { ...held, tally: { ...held.tally, state: "lapsed" } });
    return this.#shown;
  }

  /** For the record of the call. */
  get recorded(): readonly RecordedResolution[] {
    return Array.from(this.#held.values(), ({ proposal, resolution, said }) => ({
      resolution: encodeResolution(resolution),
      proposal,
      said: [...said],
    }));
  }

  /** @throws SignetError `resolution.unknown` */
  signatures(id: string): readonly { readonly userId: UserId; readonly cms: Bytes }[] {
    const held = this.#held.get(id);
    if (held === undefined) throw new SignetError("resolution.unknown");
    return held.said.flatMap((stated) => {
      const { cms } = stated;
      const userId = transcriptOf(stated)?.userId as UserId | undefined;
      return cms === undefined || userId === undefined ? [] : [{ userId, cms }];
    });
  }

  async #hear({ contents, epoch, kind, userId }: HeardWord): Promise<void> {
    if (this.#isOver) return;
    const code =
      kind === wordKinds.say
        ? await this.#hearSaid(decodeSaid(contents), { userId, epoch })
        : kind === wordKinds.propose || kind === wordKinds.again
          ? await this.#hearProposed(decodeProposed(contents), {
              userId,
              epoch,
              isAgain: kind === wordKinds.again,
            })
          : undefined;
    if (code !== undefined) this.trouble({ code, userId });
  }

  async #hearProposed(
    proposed: ProposedIn | undefined,
    {
      epoch,
      isAgain,
      userId,
    }: { readonly userId: UserId; readonly epoch: number; readonly isAgain: boolean },
  ): Promise<ErrorCode | undefined> {
    if (isGuestId(userId) && !isAgain) return "resolution.guest";
    if (proposed === undefined || (!isAgain && proposed.said.length > 0)) return "resolution.malformed";
    const { proposal, resolution, said } = proposed;
    if (!isAgain && resolution.proposer !== userId) return "resolution.otherPerson";
    const verified = await verifyProposal(resolution, proposal, this.#context);
    if (!verified.ok) return verified.code;
    const id = toBase64Url(verified.digest);
    if (!this.#held.has(id)) {
      const members = this.#options.words().membersOf(resolution.epoch);
      const objection = objectionTo(resolution, { held: this.#held.values(), members, saidIn: epoch });
      if (objection !== undefined) return objection;
      this.#held.set(id, { ...verified, tally: openTally(resolution), said: [], cms: [] });
      this.#troubles.isKnown(id);
    }
    this.#changed();
    let refused: ErrorCode | undefined;
    for (const one of said) {
      if (this.#hasHeard(id, one)) continue;
      refused ??= await this.#count(id, one);
    }
    this.#newcomers.heard(id, said, { brings: true, epoch });
    this.#showAgain(id);
    return refused;
  }

  async #hearSaid(
    stated: StatedIn | undefined,
    { epoch, userId }: Pick<HeardWord, "epoch" | "userId">,
  ): Promise<ErrorCode | undefined> {
    const transcript = stated === undefined ? undefined : transcriptOf(stated);
    if (stated === undefined || transcript === undefined) return "resolution.malformed";
    if (isGuestId(userId)) return "resolution.guest";
    // Nobody else's: what others signed is shown again only with the resolution that it is about.
    if (transcript.userId !== userId) return "resolution.otherPerson";
    const id = toBase64Url(transcript.resolutionDigest);
    if (this.#held.has(id)) {
      const refused = await this.#count(id, stated);
      this.#newcomers.heard(id, [stated], { brings: false, epoch });
      this.#showAgain(id);
      return refused;
    }
    const hasNumber = [...this.#held.values()].some(
      ({ resolution }) => resolution.number === transcript.number,
    );
    if (hasNumber) return "resolution.otherText";
    this.#troubles.isUnknown(id, userId);
    return "resolution.unknown";
  }

  #hasHeard(id: string, { proof }: StatedIn): boolean {
    const transcript = toBase64Url(proof.transcript);
    return this.#held.get(id)?.said.some((one) => toBase64Url(one.proof.transcript) === transcript) === true;
  }

  /** @returns why it does not count */
  async #count(id: string, stated: StatedIn): Promise<ErrorCode | undefined> {
    const held = this.#held.get(id);
    if (held === undefined) return "resolution.unknown";
    const verified = await verifySaid(held, stated, this.#context);
    if (!verified.ok) return verified.code;
    const step = stepTally(held.resolution, held.tally, verified.said);
    if (!step.ok) return step.code;
    const { nowMs } = this.#context;
    const { trust } = this.#options.context.session;
    const { cms: document, ...bare } = stated;
    const signed = await heardCms(document, held.resolution, verified, { trust, nowMs });
    if (this.#isOver) return undefined;
    // Whatever is wrong with the signature of the document, the decision counts.
    const said = [...held.said, signed.ok ? stated : bare];
    const cms = signed.ok ? [...held.cms, ...signed.cms] : held.cms;
    this.#held.set(id, { ...held, tally: step.tally, said, cms });
    this.#changed();
    return signed.ok ? undefined : signed.code;
  }

  get #context(): ResolutionContext {
    const { context, credentials } = this.#options;
    const { callProof, serverOrigin } = credentials.call;
    return { serverOrigin, callProof, directory: context.directory, nowMs: context.environment.nowMs() };
  }

  /** @throws SignetError `resolution.unknown` */
  #require(id: string): HeldResolution {
    const held = this.#held.get(id);
    if (held === undefined || this.#isOver)
      throw new SignetError(held === undefined ? "resolution.unknown" : "resolution.closed");
    return held;
  }

  /** @throws SignetError why what the person here would sign does not count */
  #requireOpen(id: string, decision: Decision): void {
    const { resolution, tally } = this.#require(id);
    const step = stepTally(resolution, tally, { type: "decision", userId: this.#selfId, decision });
    if (!step.ok) throw new SignetError(step.code);
  }

  #changed(): void {
    this.#options.onChange(this.#shown);
  }

  get #shown(): CallResolutions {
    const self = { userId: this.#selfId, device: this.#options.context.session.person?.device };
    return {
      shown: Array.from(this.#held, ([id, held]) => shownOf(id, held, self)),
      troubles: this.#troubles.all,
      unread: this.#unread,
    };
  }
}
