/** What `--json` prints, one object in a line. Names and fields are stable; docs/command-line.md describes them. */
import type {
  CallId,
  ChangedKey,
  ClockFault,
  DeviceId,
  DeviceKind,
  EndReason,
  ErrorCode,
  GroupRefusal,
  LeaveReason,
  MediaState,
  MemberState,
  Participant,
  MicrophoneState,
  RevocationReason,
  SignedBy,
  ShownResolution,
  SignedOutReason,
  UserId,
  SoundWay,
} from "@signet/terminal";
import type { NamedPerson, VerifiedBy } from "./event-people.ts";
import type { OwnEvent } from "./own-events.ts";
import type { SignedChange } from "./signed-change.ts";

/** As an event "key", of somebody else who is to be decided about. */
export type AdministratorKey = Pick<
  Extract<CommandEvent, { readonly event: "key" }>,
  "deviceId" | "name" | "device" | "addedAt" | "addedBy"
>;

/** Times are ISO 8601. */
export type CommandEvent =
  | { readonly event: "online"; readonly server: string }
  /** Reconnects by itself. */
  | { readonly event: "offline"; readonly code: ErrorCode }
  | (NamedPerson & {
      readonly event: "registered";
      readonly server: string;
      readonly device: DeviceKind;
      readonly deviceId: DeviceId;
      /** Of a software key. */
      readonly keyFile?: string;
    })
  | (NamedPerson & {
      readonly event: "signedIn";
      readonly device: DeviceKind;
      readonly deviceId: DeviceId;
      readonly until: string;
      /** Of a device that was registered with one. */
      readonly certificate?: NonNullable<VerifiedBy["certificate"]>;
    })
  /** One of the person's own devices. */
  | {
      readonly event: "key";
      readonly userId: UserId;
      readonly deviceId: DeviceId;
      readonly name?: string;
      readonly device: DeviceKind;
      /** ISO 8601, as the device that brought it signed. */
      readonly addedAt: string;
      /** Whose device vouched for it; absent for the one that registered. */
      readonly addedBy?: SignedBy;
      /** This terminal signed in with it. */
      readonly signedIn: boolean;
      /** ISO 8601; of one that counts: the latest of its sign-ins and statements, by its own signature. */
      readonly lastUsedAt?: string;
      /** Another terminal is signed in with it, as the server says. ISO 8601 */
      readonly elsewhere?: { readonly since: string; readonly until: string; readonly connected: boolean };
      readonly revoked?: { readonly at: string; readonly why: RevocationReason; readonly by: SignedBy };
    }
  | {
      readonly event: "keyAdded";
      readonly deviceId: DeviceId;
      readonly name: string;
      readonly device: DeviceKind;
      /** Of a software key. */
      readonly keyFile?: string;
    }
  /** To be entered at the other machine, or `url` opened there. */
  | { readonly event: "code"; readonly code: string; readonly url: string; readonly until: string }
  | { readonly event: "codeEntered" }
  /** It signed at the other machine that it is the person's. Answered by yes or no, on standard input. */
  | {
      readonly event: "keyOffered";
      readonly deviceId: DeviceId;
      readonly name: string;
      readonly device: DeviceKind;
    }
  /** The code was right: whose key this one is going to be. */
  | (NamedPerson & { readonly event: "keyJoining" })
  /** The person has to want it at the other terminal. */
  | { readonly event: "keyWaits" }
  | {
      readonly event: "keyJoined";
      readonly userId: UserId;
      readonly deviceId: DeviceId;
      readonly name: string;
      readonly device: DeviceKind;
      /** Of a software key. */
      readonly keyFile?: string;
    }
  /** To be read to an administrator, who signs. */
  | {
      readonly event: "recoveryCode";
      readonly code: string;
      /** For the camera of an administrator who stands by. */
      readonly url: string;
      readonly until: string;
    }
  /** As an administrator sees somebody. */
  | {
      readonly event: "person";
      readonly userId: UserId;
      readonly displayName: string;
      readonly reachable: boolean;
      readonly keys: readonly {
        readonly deviceId: DeviceId;
        readonly name: string;
        readonly device: DeviceKind;
        readonly revoked: boolean;
      }[];
      /** Why their history is not accepted. */
      readonly refused?: ErrorCode;
    }
  | {
      readonly event: "recoveryAsked";
      readonly userId: UserId;
      readonly name: string;
      readonly device: DeviceKind;
      readonly until: string;
    }
  | { readonly event: "recoverySigned" | "appointed" | "dismissed"; readonly userId: UserId }
  /** `--trust-administrator` was taken. */
  | { readonly event: "administratorAccepted"; readonly userId: UserId }
  | { readonly event: "inviteCode"; readonly code: string }
  | OwnEvent
  | (NamedPerson & { readonly event: "renamed" })
  | { readonly event: "keyNamed"; readonly deviceId: DeviceId; readonly name: string }
  | {
      readonly event: "keyRevoked";
      readonly deviceId: DeviceId;
      readonly name?: string;
      readonly why: RevocationReason;
    }
  | { readonly event: "signedOut"; readonly reason: SignedOutReason }
  | { readonly event: "released"; readonly userId: UserId }
  | {
      readonly event: "ringing";
      readonly callId: CallId;
      readonly from: NamedPerson & { readonly verifiedBy: VerifiedBy };
      readonly others: readonly (NamedPerson & { readonly state: MemberState })[];
      /** Whose call it is, where `from` brings this person into it. */
      readonly startedBy?: NamedPerson;
      readonly until: string;
      /** This terminal is in a call itself, or calls. */
      readonly inCall?: true;
      /** The person does not want to hear of this one: do not disturb, or quiet hours. */
      readonly quiet?: true;
    }
  | { readonly event: "ringEnded"; readonly callId: CallId; readonly from: UserId }
  /** A call that rang here, too: with which of one's own devices, by its signature. */
  | {
      readonly event: "answeredElsewhere";
      readonly callId: CallId;
      readonly from: UserId;
      readonly deviceId: DeviceId;
      readonly name?: string;
      readonly device: DeviceKind;
    }
  /** What the rule of `listen` decided. */
  | {
      readonly event: "answering" | "declining" | "ignoring";
      readonly callId: CallId;
      readonly from: UserId;
    }
  /** A call that goes on without this terminal and can be joined. */
  | {
      readonly event: "joinable";
      readonly callId: CallId;
      readonly from: NamedPerson & { readonly verifiedBy: VerifiedBy };
    }
  /** A call that reached no terminal of yours. `startedBy`: whose call it is, where `from` brought you into a running one. */
  | {
      readonly event: "missed";
      readonly callId: CallId;
      readonly calledAt: string;
      readonly from: NamedPerson & { readonly verifiedBy: VerifiedBy };
      readonly startedBy?: NamedPerson;
    }
  /** A call that you are in at another terminal. `device`: with which one of yours; absent where it is the one that is signed in here now. */
  | {
      readonly event: "elsewhere";
      readonly callId: CallId;
      readonly from: NamedPerson & { readonly verifiedBy: VerifiedBy };
      readonly device?: DeviceKind;
      readonly deviceId?: DeviceId;
      readonly name?: string;
    }
  | { readonly event: "moving"; readonly callId: CallId }
  /** Somebody goes on at another terminal of theirs. */
  | (NamedPerson & {
      readonly event: "moved";
      readonly callId: CallId;
      /** It is another one of their devices than before. */
      readonly otherDevice: boolean;
      readonly verifiedBy?: VerifiedBy;
    })
  /** This device is signed in elsewhere; the call goes on here until it is moved there, or until then. */
  | { readonly event: "held"; readonly callId: CallId; readonly until: string }
  /** The server's clock minus this one, seconds, once it is more than signatures allow; 0 when it is right again. */
  | { readonly event: "clock"; readonly offSeconds: number }
  /** The first of what the server says that this version cannot read. */
  | { readonly event: "passedOver"; readonly messages: number }
  | { readonly event: "calling"; readonly callId: CallId; readonly userIds: readonly UserId[] }
  | { readonly event: "joining"; readonly callId: CallId }
  /** Somebody's state other than `joined` and `left`. */
  | (NamedPerson & {
      readonly event: "member";
      readonly callId: CallId;
      readonly state: MemberState;
      /** Of `failed`: why their terminal did not ring. */
      readonly code?: ErrorCode;
      /** Of `ringing`: in another call. */
      readonly waiting?: true;
    })
  | (NamedPerson & {
      readonly event: "joined";
      readonly callId: CallId;
      readonly self: boolean;
      readonly initiator: boolean;
      /** Absent for oneself. */
      readonly verifiedBy?: VerifiedBy;
    })
  /** Somebody was brought into the call by a member, whose signature was checked. */
  | (NamedPerson & { readonly event: "invited"; readonly callId: CallId; readonly by: UserId })
  /** Somebody else was put out by the host. `by`: who signed that. */
  /** Somebody vouched for a guest, whom the host lets in at a page, or does not. */
  | (NamedPerson & { readonly event: "guestWaiting"; readonly callId: CallId })
  | (NamedPerson & { readonly event: "removed"; readonly callId: CallId; readonly by?: UserId })
  /** Somebody else than before is host. */
  | (NamedPerson & { readonly event: "host"; readonly callId: CallId; readonly self: boolean })
  | (NamedPerson & { readonly event: "left"; readonly callId: CallId; readonly reason?: LeaveReason })
  /** The state rests on the person's own signature, not only on the server's word. */
  | {
      readonly event: "stateSigned";
      readonly callId: CallId;
      readonly userId: UserId;
      readonly state: MemberState;
    }
  /** Everybody else left, and so does this terminal: at once, or at `leavesAt` unless somebody comes back. */
  | { readonly event: "alone"; readonly callId: CallId; readonly leavesAt?: string }
  /** This terminal came back into a group of others than it was in: who came in meanwhile, and who went. */
  | {
      readonly event: "rejoined";
      readonly callId: CallId;
      readonly entered: readonly UserId[];
      readonly gone: readonly UserId[];
    }
  /** What a member gave to bring this terminal into the group did not hold; another one is asked. */
  | ({ readonly event: "groupRefused"; readonly callId: CallId } & GroupRefusal)
  | {
      readonly event: "rekeyed";
      readonly callId: CallId;
      readonly epoch: number;
      readonly safetyCode: string;
    }
  /** Everybody who speaks just now. */
  | { readonly event: "speaking"; readonly callId: CallId; readonly userIds: readonly UserId[] }
  | {
      readonly event: "media";
      readonly callId: CallId;
      readonly status: Exclude<MediaState["status"], "off">;
      readonly code?: ErrorCode;
    }
  /** Too much begins to get lost on somebody's way to the server or from it, or no longer does; as the server says. */
  | (NamedPerson & {
      readonly event: "network";
      readonly callId: CallId;
      readonly self: boolean;
      readonly poor: boolean;
    })
  /** What comes in somebody's name is contradicted by what their terminal signed (`forged`), has no signature (`unproven`), cannot be checked just now (`unchecked`), can have none (`unprovable`), or is proven again. */
  | (NamedPerson & {
      readonly event: "voice";
      readonly callId: CallId;
      readonly voice: "proven" | NonNullable<Participant["voice"]>;
      readonly code?: ErrorCode;
    })
  /** Nothing comes from somebody any more, and they may be back in a moment; or that is over. */
  | (NamedPerson & {
      readonly event: "reconnecting";
      readonly callId: CallId;
      readonly reconnecting: boolean;
    })
  /** How the sound travels: told when that changes, when the time to the server and back is known, and when much begins to be lost or no longer is. */
  | ({ readonly event: "way"; readonly callId: CallId } & SoundWay)
  | {
      readonly event: "microphone";
      readonly callId: CallId;
      readonly status: MicrophoneState["status"];
      readonly code?: ErrorCode;
      /** It is on or muted, and gives no sound: the system or a switch on it mutes it. */
      readonly silent?: true;
    }
  /** The loudspeaker is away, with what its program said; or is back. */
  | {
      readonly event: "speaker";
      readonly status: "on" | "unavailable";
      readonly code?: ErrorCode;
      readonly detail?: string;
    }
  | {
      readonly event: "ended";
      readonly callId: CallId;
      readonly reason: EndReason | "left" | "moved" | "removed" | "unbound" | "failed";
      /** `moved`: by which device the person goes on at another terminal. */
      readonly device?: DeviceKind;
      readonly deviceId?: DeviceId;
      /** The initiator's own signature came with the end, and holds. Absent for the initiator, and who left. */
      readonly signed?: boolean;
      /** How long somebody else was in the call. */
      readonly seconds: number;
      readonly code?: ErrorCode;
      /** Whose signature or key it was about, or who did not let this terminal in. */
      readonly userId?: UserId;
      /** And who else. */
      readonly alsoUserId?: UserId;
    }
  /** What was put to those in the call, as it is now; `cms`: whose approvals came with a signature of the document itself. */
  | (Pick<
      ShownResolution,
      "rule" | "state" | "approvedBy" | "rejectedBy" | "missing" | "cms" | "approvalSigns"
    > & {
      readonly event: "resolution";
      readonly callId: CallId;
      readonly number: number;
      /** Digest of all that it says. */
      readonly id: string;
      readonly by: UserId;
      /** As it is shown: the text, or the file's name, size and SHA-256, a line each. */
      readonly whole: string;
      readonly file?: { readonly name: string; readonly sizeBytes: number; readonly sha256: string };
      /** Of the first of these events about it. */
      readonly isNew?: true;
    })
  | { readonly event: "proposalWaits"; readonly callId: CallId; readonly userIds: readonly UserId[] }
  | { readonly event: "resolutionsSaved"; readonly file: string }
  | { readonly event: "recordSaved"; readonly file: string }
  /** Who keeps a record of the call, and has asked the others to sign who is in it. */
  | { readonly event: "recordKept"; readonly callId: CallId; readonly by: readonly UserId[] }
  /** Something that was said in the call is missing, or was refused. */
  | {
      readonly event: "wordTrouble";
      readonly callId: CallId;
      readonly code: ErrorCode;
      readonly userId?: UserId;
    }
  | { readonly event: "recording" | "recorded"; readonly file: string }
  /** The microphone is held back while others are heard, so that they do not hear themselves. */
  | { readonly event: "halfDuplex" }
  | {
      readonly event: "warning";
      readonly message: string;
      readonly hint: string;
      readonly code?: ErrorCode;
      readonly userId?: UserId;
      /** `directory.keyChanged`: the key that was refused, and the history by which it is somebody's. */
      readonly deviceId?: DeviceId;
      /** `admin.unknown`, too: for `--trust-administrator`. base64url */
      readonly head?: string;
      /** `admin.unknown`: the keys that count in that history, and so what would count here. */
      readonly keys?: readonly AdministratorKey[];
      readonly how?: ChangedKey["how"];
      readonly happened?: readonly SignedChange[];
      /** `log.*`: how the server says that it signs its log now, for `--trust-log`; `none`: it keeps none. */
      readonly logKey?: string;
      /** `proof.time`, for a call that did not ring: the clock that the caller signed by minus this one, and which of them is off. */
      readonly clock?: { readonly offSeconds: number; readonly whose: ClockFault["whose"] };
      readonly detail?: string;
    }
  /** What somebody's own devices signed since this terminal saw their history last: said once. `head`: base64url. */
  | (NamedPerson & {
      readonly event: "historyContinued";
      /** It is the person at this terminal, and was signed elsewhere. */
      readonly self: boolean;
      readonly head: string;
      readonly happened: readonly SignedChange[];
    })
  /** The command gives up; the same as on standard error. */
  | {
      readonly event: "error";
      readonly message: string;
      readonly hint: string;
      readonly exitCode: number;
      readonly code?: ErrorCode;
      /** What the file, the library or the system itself said. */
      readonly detail?: string;
    };
