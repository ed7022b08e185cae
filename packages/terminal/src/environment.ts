/** What a terminal needs from where it runs. A browser tab, the command line and tests each bring their own. */
import type { CertificateTrust, PersonDevice, SignatureDevice } from "@signet/device";
import type { FrameEpochSecret } from "@signet/e2ee";
import type { Bytes, ErrorCode, Relay, ReplyBody, RequestBody, UserId } from "@signet/protocol";

import type { DocumentPlace } from "./document/document-place.ts";
import type { SpeechProofs } from "./media/speech-proofs.ts";
import type { MediaConnectionShown } from "./media/media-connection-state.ts";
import type { MessagePlace } from "./messages/message-place.ts";
import type { EvidencePlace } from "./people/evidence-place.ts";
import type { RequiredWitnesses } from "./people/witnesses.ts";
import type { PinStore } from "./people/pin-store.ts";
import type { BindingPlace } from "./session/binding-place.ts";
import type { LoudspeakerTrouble } from "./sound-choices.ts";
import type { MicrophoneState } from "./state.ts";
import type { ChooseDevice } from "./terminal-api.ts";
import { ownSystem } from "./system.ts";
import type { System } from "./system.ts";

/** Of the system it names what is not to be the browser's or Node's own. */
export interface TerminalEnvironment extends Partial<System> {
  /** `ws:` or `wss:` URL of the server's socket. */
  readonly url: string;
  /** The origin that the person opened: a server that calls itself otherwise is refused. Without it the server's first word stands. */
  readonly serverOrigin?: string;
  readonly pins: PinStore;
  /** Where what speaks against the server is kept beyond the end of this terminal; without it in memory. */
  readonly evidencePlace?: EvidencePlace;
  /** Trust anchors of this terminal's own: only they count then, and not those that the server names. */
  readonly certificates?: CertificateTrust;
  /** Who has to have seen the log by which the server proves what it shows; without it the server's own word has to do. */
  readonly witnesses?: RequiredWitnesses;
  readonly devices: DeviceProvider;
  readonly media: MediaProvider;
  /** Where the binding is kept beyond the end of this terminal; without it the terminal key lives in memory alone. */
  readonly bindingPlace?: BindingPlace;
  /** Where what belongs to the person is kept beyond the end of this terminal; without it in memory, and at the server. */
  readonly documentPlace?: DocumentPlace;
  /** Where voice messages are kept, and the key that they are sealed to; without it none are sealed to this terminal. */
  readonly messagePlace?: MessagePlace;
}

/** As the terminal uses it: nothing of the system is left open. */
export type Environment = TerminalEnvironment & System;

export function withSystem(environment: TerminalEnvironment): Environment {
  return { ...ownSystem, ...environment };
}

/** Where signature devices come from. */
export interface DeviceProvider {
  /**
   * A new key; or the one that an earlier try made for the user ID, when that was not registered: then nothing is touched for it.
   * @throws SignetError `device.*`
   */
  create(input: {
    readonly serverOrigin: string;
    readonly userId: UserId;
    readonly displayName: string;
    /** For the device's own attestation, where it has one. */
    readonly challenge: Bytes;
    readonly signal?: AbortSignal | undefined;
    /** Makes another key, whatever there is. */
    readonly anew?: boolean | undefined;
    /** Devices that the person has: another one is made beside them, and none on an authenticator that holds one of these. */
    readonly beside?: readonly Pick<PersonDevice, "credentialId">[] | undefined;
    /** A key is made now. */
    readonly onTouch?: (() => void) | undefined;
  }): Promise<CreatedDevice>;
  /**
   * The device that is at hand, of those that are or were the person's.
   * @param choose asked where that cannot be told
   * @throws SignetError `device.*`; `history.deviceRevoked` where that one counts no more
   */
  open(
    serverOrigin: string,
    devices: readonly PersonDevice[],
    choose?: ChooseDevice,
  ): Promise<SignatureDevice>;
}

export interface CreatedDevice {
  readonly device: SignatureDevice;
  readonly webauthn?: RequestBody<"register.finish">["webauthn"];
  /** By an earlier try. */
  readonly isKept?: boolean;
  /** The key is registered, or never will be: it is not kept for another try. */
  readonly settled?: () => void;
}

/** Where the sound of a call comes from and goes to. */
export interface MediaProvider {
  start(input: MediaInput): CallMedia;
}

/** A leaf as it was in the epoch whose key opened the frames; in another epoch it may be another person's. */
export interface Speaker {
  readonly leaf: number;
  readonly epoch: bigint;
}

export interface MediaInput {
  /** Time, as the terminal has it. */
  readonly system: Pick<System, "after" | "monotonicMs">;
  /** Receiving slots that the server has. */
  readonly slots: number;
  /** Takes an offer to the server. @throws SignetError */
  exchange(offerSdp: string): Promise<string>;
  /** What carries the audio where UDP does not get through, for the next connection. @throws SignetError */
  relays(): Promise<readonly Relay[]>;
  /** Whether somebody is there who sends sound, muted or not. */
  expectsSound(): boolean;
  /** What the server says of what comes and goes; undefined where it is there, and cannot tell. @throws SignetError where it does not answer */
  askFlow(): Promise<ReplyBody<"media.flow"> | undefined>;
  /** The connection to the server is of no use: has another one made, which {@link CallMedia.look} is told of. */
  signalAnew(): void;
  /** Whose key opened frames that are loud enough to be speech just now. */
  onSpeakers(speakers: readonly Speaker[]): void;
  /** Whose key opens what comes in just now, loud or not, told at each change. */
  onHeard(speakers: readonly Speaker[]): void;
  onConnection(shown: MediaConnectionShown): void;
  onMicrophone(state: MicrophoneState): void;
  /** Of a terminal that lets the person choose one: why it is not the chosen one; undefined when it is again. */
  onLoudspeaker?(trouble: LoudspeakerTrouble | undefined): void;
  /** Whose leaf that is, or was while their frames are still opened; undefined where it is nobody's. */
  personOf?(speaker: Speaker): UserId | undefined;
  /** Signs what is sealed, and is told what is heard unproven; absent where nobody would hear what is signed. */
  readonly proofs?: SpeechProofs;
  /** Sending or receiving is over for this call, for safety or for good. */
  onFailure(code: ErrorCode): void;
}

/** One call's sound, encrypted and decrypted frame by frame. */
export interface CallMedia {
  /** There is none, so nobody waits for its connection. */
  readonly isSilent?: true;
  /** Enters an epoch. @param epoch its secret is overwritten */
  setEpoch(epoch: FrameEpochSecret): Promise<void>;
  /**
   * Another terminal goes on in the place of this one: nothing is sealed from now on. Where there is no sound there is nothing to tell.
   * @returns what tells the others how far was counted here, before {@link close}; undefined where that cannot be told
   */
  finish?(): Promise<Bytes | undefined>;
  /** Another terminal said how far it counted, before one of the same person took its place. */
  hearEnd?(frame: Bytes): void;
  /** Somebody signed what they sealed. */
  hearWord(word: Bytes): void;
  /** Makes a connection in place of the one there is; the first time as well as after the media process was replaced. */
  connect(): void;
  /** `signalled`: the connection to the server is another one; `unheard`: by its word nothing comes from here. Where there is no sound that is nothing. */
  look?(why: "signalled" | "unheard"): void;
  setMuted(muted: boolean): void;
  setMicrophone(deviceId: string | undefined): Promise<void>;
  /** The person chose something else of loudspeaker, processing or volumes; only where there is such a choice. */
  soundChosen?(): void;
  /** Root mean square of the microphone, 0 to 1. */
  microphoneLevel(): number;
  /** The same of what is said while it is muted, too; only where that can be told. */
  voiceLevel?(): number;
  close(): void;
}

/** For terminals that take part without sound: they hold the keys and hear nothing. */
export const silentMedia: MediaProvider = {
  start: (input) => {
    input.onMicrophone({ status: "unavailable", code: "media.noMicrophone" });
    return {
      isSilent: true,
      setEpoch: ({ baseKey }) => {
        baseKey.fill(0);
        return Promise.resolve();
      },
      hearWord: () => undefined,
      connect: () => undefined,
      setMuted: () => undefined,
      setMicrophone: () => Promise.resolve(),
      microphoneLevel: () => 0,
      close: () => undefined,
    };
  },
};
