/** What passes between a terminal and the process in which a module runs. */
import type { Bytes, DeviceAlgorithm, ErrorCode } from "@signet/protocol";

/** A slot with a token in it, as the module describes it. */
export interface TokenSurvey {
  /** CK_SLOT_ID */
  readonly slot: number;
  readonly label: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  /** CKF_ bits of CK_TOKEN_INFO */
  readonly flags: number;
  /** CKM_ numbers with their CKF_ bits */
  readonly mechanisms: ReadonlyMap<number, number>;
  /** What the module could not tell of it, each with what it said instead. */
  readonly odd: readonly string[];
}

/** A slot whose token the module does not describe. */
export interface OddSlot {
  readonly slot: number;
  readonly reason: string;
}

export interface Survey {
  readonly tokens: readonly TokenSurvey[];
  readonly oddSlots: readonly OddSlot[];
}

/** Attributes of a private key, a public key or a certificate; absent where the token does not tell. */
export interface TokenObject {
  readonly handle: Bytes;
  readonly label: string;
  /** CKA_ID, hexadecimal; often empty */
  readonly id: string;
  readonly keyType?: number;
  readonly maySign?: boolean;
  readonly alwaysAuthenticate?: boolean;
  readonly extractable?: boolean;
  readonly ecParams?: Bytes;
  readonly ecPoint?: Bytes;
  readonly modulus?: Bytes;
  readonly publicExponent?: Bytes;
  /** Of a certificate: DER */
  readonly value?: Bytes;
}

export interface TokenObjects {
  readonly privateKeys: readonly TokenObject[];
  readonly publicKeys: readonly TokenObject[];
  readonly certificates: readonly TokenObject[];
  /** What could not be read, each with what the module said; the rest stands all the same. */
  readonly odd: readonly string[];
  /** Something was answered with CKR_USER_NOT_LOGGED_IN, whatever the flags of token and session say. */
  readonly wantsLogin: boolean;
}

/** How a module makes a signature of one of our algorithms. */
export interface SignMechanism {
  /** CKM_ */
  readonly mechanism: number;
  readonly pss: boolean;
}

/** A PIN as UTF-8; empty where the person enters it at the reader. Overwritten once it was handed on. */
export type PinBytes = Bytes;

/** A module, and what it is initialised with. */
export interface ModuleChoice {
  readonly modulePath: string;
  /** Text that C_Initialize is given as pReserved, for modules that want it: NSS */
  readonly moduleParameters?: string;
}

export interface Requests {
  load: { readonly ask: ModuleChoice; readonly answer: void };
  survey: { readonly ask: object; readonly answer: Survey };
  open: {
    readonly ask: { readonly slot: number; readonly write: boolean };
    readonly answer: { readonly session: number; readonly loggedIn: boolean };
  };
  logIn: {
    readonly ask: {
      readonly session: number;
      readonly pin: PinBytes;
      /** Whatever the module says of the state: what was logged in before is logged out first. */
      readonly anew?: boolean;
    };
    readonly answer: void;
  };
  objects: {
    readonly ask: {
      readonly session: number;
      /** Public keys and certificates alone. */ readonly onlyPublic?: boolean;
    };
    readonly answer: TokenObjects;
  };
  generate: {
    readonly ask: {
      readonly session: number;
      readonly algorithm: DeviceAlgorithm;
      readonly label: string;
      /** CKA_ID, hexadecimal */
      readonly id: string;
    };
    readonly answer: void;
  };
  sign: {
    readonly ask: {
      readonly session: number;
      readonly key: Bytes;
      readonly mechanism: SignMechanism;
      readonly message: Bytes;
      /** For a key that wants the PIN for each signature. */
      readonly pin?: PinBytes;
    };
    readonly answer: Bytes;
  };
  /** From now on it is said when the token of this session is gone, or its login has lapsed. */
  watch: { readonly ask: { readonly session: number }; readonly answer: void };
  close: { readonly ask: { readonly session: number }; readonly answer: void };
  finalize: { readonly ask: object; readonly answer: void };
}

export type RequestName = keyof Requests;

export interface RequestMessage<N extends RequestName = RequestName> {
  readonly number: number;
  readonly name: N;
  readonly ask: Requests[N]["ask"];
}

export type WorkerMessage =
  | { readonly type: "answer"; readonly number: number; readonly answer: Requests[RequestName]["answer"] }
  /** `reason`: what the module said, without anything that was handed to it. */
  | { readonly type: "failure"; readonly number: number; readonly code: ErrorCode; readonly reason?: string }
  | { readonly type: "gone"; readonly session: number }
  /** The token is there, and nobody is logged in any more; said once for each login. */
  | { readonly type: "lapsed"; readonly session: number };
