/**
 * Writes keys and certificates to a token of SoftHSM, of any kind, also those that Signet would not make. Runs in a process of
 * its own (`node provision.ts`, orders as JSON on its input), so that the tests' own use of the module is undisturbed.
 */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

/** CKA_ numbers with values; bytes as `{ hex }`. */
export type Template = Readonly<Record<number, number | boolean | string | { readonly hex: string }>>;

export type Order =
  | { readonly make: "object"; readonly template: Template }
  | {
      readonly make: "keyPair";
      /** CKM_ */
      readonly mechanism: number;
      readonly publicTemplate: Template;
      readonly privateTemplate: Template;
    };

export interface Orders {
  readonly modulePath: string;
  readonly tokenLabel: string;
  readonly pin: string;
  readonly orders: readonly Order[];
}

type Attribute = { type: number; value: number | boolean | string | Buffer };

interface Module {
  load(path: string): void;
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetSlotList(present: boolean): Buffer[];
  C_GetTokenInfo(slot: Buffer): { label: string };
  C_OpenSession(slot: Buffer, flags: number): Buffer;
  C_Login(session: Buffer, userType: number, pin: string): void;
  C_CreateObject(session: Buffer, template: Attribute[]): Buffer;
  C_GenerateKeyPair(
    session: Buffer,
    mechanism: { mechanism: number },
    publicTemplate: Attribute[],
    privateTemplate: Attribute[],
  ): unknown;
}

const attributes = (template: Template): Attribute[] =>
  Object.entries(template).map(([type, value]) => ({
    type: Number(type),
    value: typeof value === "object" ? Buffer.from(value.hex, "hex") : value,
  }));

function provision({ modulePath, tokenLabel, pin, orders }: Orders): void {
  const require = createRequire(import.meta.url);
  const { PKCS11 } = require("pkcs11js") as { PKCS11: new () => Module };
  const cryptoki = new PKCS11();
  cryptoki.load(modulePath);
  cryptoki.C_Initialize();
  const slot = cryptoki
    .C_GetSlotList(true)
    .find((one) => cryptoki.C_GetTokenInfo(one).label.trim() === tokenLabel);
  if (slot === undefined) throw new Error(`no token ${tokenLabel}`);
  // Serial and read-write; as the user.
  const session = cryptoki.C_OpenSession(slot, 6);
  cryptoki.C_Login(session, 1, pin);
  for (const order of orders) {
    if (order.make === "object") cryptoki.C_CreateObject(session, attributes(order.template));
    else
      cryptoki.C_GenerateKeyPair(
        session,
        { mechanism: order.mechanism },
        attributes(order.publicTemplate),
        attributes(order.privateTemplate),
      );
  }
  cryptoki.C_Finalize();
}

if (import.meta.main) provision(JSON.parse(readFileSync(0, "utf8")) as Orders);
