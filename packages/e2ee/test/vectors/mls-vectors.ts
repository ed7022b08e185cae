// Shapes of the vectors of mlswg/mls-implementations (test-vectors.md there). All strings are hex, but for an exporter's label.

export interface KeyScheduleVector {
  readonly group_id: string;
  readonly initial_init_secret: string;
  readonly epochs: readonly {
    readonly tree_hash: string;
    readonly commit_secret: string;
    readonly psk_secret: string;
    readonly confirmed_transcript_hash: string;
    readonly group_context: string;
    readonly joiner_secret: string;
    readonly welcome_secret: string;
    readonly init_secret: string;
    readonly sender_data_secret: string;
    readonly encryption_secret: string;
    readonly exporter_secret: string;
    readonly epoch_authenticator: string;
    readonly external_secret: string;
    readonly confirmation_key: string;
    readonly membership_key: string;
    readonly resumption_psk: string;
    readonly external_pub: string;
    readonly exporter: {
      readonly label: string;
      readonly context: string;
      readonly length: number;
      readonly secret: string;
    };
  }[];
}

export interface TranscriptHashesVector {
  readonly confirmation_key: string;
  readonly authenticated_content: string;
  readonly interim_transcript_hash_before: string;
  readonly confirmed_transcript_hash_after: string;
  readonly interim_transcript_hash_after: string;
}

export interface WelcomeVector {
  readonly init_priv: string;
  readonly key_package: string;
  readonly signer_pub: string;
  readonly welcome: string;
}

export interface TreeOperationVector {
  readonly tree_before: string;
  readonly proposal: string;
  readonly proposal_sender: number;
  readonly tree_hash_before: string;
  readonly tree_after: string;
  readonly tree_hash_after: string;
}

export interface TreeValidationVector {
  readonly tree: string;
  readonly group_id: string;
  readonly resolutions: readonly (readonly number[])[];
  readonly tree_hashes: readonly string[];
}

export interface TreeKemVector {
  readonly group_id: string;
  readonly epoch: number;
  readonly confirmed_transcript_hash: string;
  readonly ratchet_tree: string;
  readonly leaves_private: readonly {
    readonly index: number;
    readonly encryption_priv: string;
    readonly path_secrets: readonly { readonly node: number; readonly path_secret: string }[];
  }[];
  readonly update_paths: readonly {
    readonly sender: number;
    readonly update_path: string;
    /** By leaf; null where a leaf is blank or is the sender's. */
    readonly path_secrets: readonly (string | null)[];
    readonly commit_secret: string;
    readonly tree_hash_after: string;
  }[];
}

export interface PassiveClientVector {
  readonly key_package: string;
  readonly signature_priv: string;
  readonly encryption_priv: string;
  readonly init_priv: string;
  readonly external_psks: readonly { readonly psk_id: string; readonly psk: string }[];
  readonly welcome: string;
  readonly ratchet_tree: string | null;
  readonly initial_epoch_authenticator: string;
  readonly epochs: readonly {
    readonly proposals: readonly string[];
    readonly commit: string;
    readonly epoch_authenticator: string;
  }[];
}

/** By the name of the file that a kind has there. */
export interface MlsVectors {
  readonly "key-schedule": readonly KeyScheduleVector[];
  readonly "transcript-hashes": readonly TranscriptHashesVector[];
  readonly welcome: readonly WelcomeVector[];
  readonly "tree-operations": readonly TreeOperationVector[];
  readonly "tree-validation": readonly TreeValidationVector[];
  readonly treekem: readonly TreeKemVector[];
  readonly "passive-client-welcome": readonly PassiveClientVector[];
  readonly "passive-client-handling-commit": readonly PassiveClientVector[];
}
