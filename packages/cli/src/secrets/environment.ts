/**
 * Secrets that came in the environment. They are taken out of it before anything else happens: no program that is started from
 * here (a player, a recorder, a media process of the server) and no module of a token has need of them.
 */
const variables = ["SIGNET_PIN", "SIGNET_PASSPHRASE", "SIGNET_METRICS_TOKEN"] as const;
export type SecretVariable = (typeof variables)[number];

const taken = new Map<SecretVariable, string>();

/** To be called once, before a command is loaded. */
export function takeSecrets(env: NodeJS.ProcessEnv): void {
  for (const variable of variables) {
    const secret = env[variable];
    if (secret !== undefined) taken.set(variable, secret);
    delete env[variable];
  }
}

export const takenSecret = (variable: SecretVariable): string | undefined => taken.get(variable);
