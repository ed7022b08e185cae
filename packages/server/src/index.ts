export { killMediaProcesses } from "@signet/media";

export { TrustedProxies } from "./http/client-address.ts";
export { defaultLimits, mostKeepMissedDays } from "./limits.ts";
export type { ServerLimits } from "./limits.ts";
export { isTurnUrl } from "./media/turn-credentials.ts";
export type { RelayWish } from "./media/relay-place.ts";
export { logLevels } from "./log.ts";
export type { LogLevel } from "./log.ts";
export { createInvites } from "./registry/invites.ts";
export { mostWitnesses, type WitnessPlace } from "./registry/witnesses.ts";
export type { RegistrationMode } from "./services.ts";
export { StartError } from "./start-error.ts";
export { databasePath, startServer } from "./start-server.ts";
export type { RunningServer, ServerOptions } from "./start-server.ts";
export { backupDatabase } from "./store/backup.ts";
export type { Backup } from "./store/backup.ts";
export { isNewerData } from "./store/newer-data.ts";
export { restoreDatabase } from "./store/restore.ts";
export type { Restored, RestoreOptions } from "./store/restore.ts";
export { openSqliteStore } from "./store/sqlite-store.ts";
export type { StoredMissed } from "./store/missed-store.ts";
export type {
  RegisterResult,
  Registration,
  Store,
  StoredBinding,
  StoredCall,
  StoredInput,
} from "./store/store.ts";
