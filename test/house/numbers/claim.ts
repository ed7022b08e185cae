/** What a document says of a number, and what it is in the code. */
export interface Claim {
  readonly document: string;
  readonly sentence: string;
  readonly values: readonly number[];
}

const claims: Claim[] = [];
export const allClaims: readonly Claim[] = claims;

export const inDocument =
  (document: string) =>
  (sentence: string, ...values: number[]): void => {
    claims.push({ document, sentence, values });
  };

export const seconds = (ms: number): number => ms / 1000;
export const hours = (ms: number): number => ms / 3_600_000;
export const kib = (bytes: number): number => bytes / 1024;
export const mib = (bytes: number): number => bytes / 1024 ** 2;
