export { CallGroup, type NothingToCommit, type PendingCommit, type PendingJoin, type ProcessResult } from "./mls/call-group.ts";
export { type CommitChanges, type RefusedKeyPackage } from "./mls/collect-changes.ts";
export { type CredentialHook, type CredentialVerdict } from "./mls/credential.ts";
export { type MembershipOptions } from "./mls/held-state.ts";
export { type GroupMember } from "./mls/roster.ts";
export { createLeafKey, type LeafKey } from "./mls/suite.ts";
