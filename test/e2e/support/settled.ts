/** When everything is done that a terminal or server awaits beside the network and the clock: cryptography, and writes to the store. */

let underWay = 0;

// One after the other: which of two is done first must not be chance, or a seed would not tell what happens.
let last: Promise<unknown> = Promise.resolve();

// Loaded before whatever uses them; each counts while it is under way.
const methods = SubtleCrypto.prototype as unknown as Record<
  string,
  (...input: unknown[]) => Promise<unknown>
>;
for (const name of [
  "sign",
  "verify",
  "digest",
  "encrypt",
  "decrypt",
  "deriveBits",
  "deriveKey",
  "generateKey",
  "importKey",
  "exportKey",
]) {
  const method = methods[name]!;
  methods[name] = function (this: SubtleCrypto, ...input: unknown[]): Promise<unknown> {
    underWay += 1;
    const done = last.then(() => method.apply(this, input));
    last = done.catch(() => undefined);
    return done.finally(() => {
      underWay -= 1;
    });
  };
}

/** Turns of the event loop in which nothing was under way: the store writes in the next one, and who waited for that goes on in it. */
const quietTurns = 3;

export async function settled(): Promise<void> {
  for (let quiet = 0; quiet < quietTurns;) {
    if (underWay > 0) await last;
    await new Promise((resolve) => setImmediate(resolve));
    quiet = underWay === 0 ? quiet + 1 : 0;
  }
}
