/** Somebody at a terminal without a browser, whose key is on a token of SoftHSM that can be pulled. */
import { openToken } from "@signet/device/pkcs11";
import type { Pkcs11Device } from "@signet/device/pkcs11";
import { makeTestToken } from "@signet/test-token";
import type { TestToken } from "@signet/test-token";

import type { Authority } from "./authority.ts";

const pin = "1234";
const keyId = "01";

export interface HeldToken {
  readonly token: TestToken;
  /** Opens the key that is on it, with its certificates. */
  open(): Promise<Pkcs11Device>;
  /** Closes every device that was opened, and deletes the token. */
  remove(): void;
}

/** A P-256 key on a token, certified for `name` where there is an authority. */
export async function holdToken(name: string, authority?: Authority): Promise<HeldToken> {
  const token = makeTestToken({ pin, keys: [{ label: name, id: keyId, kind: "p256" }] });
  const opened: Pkcs11Device[] = [];
  const open = async (): Promise<Pkcs11Device> => {
    const device = await openToken({ modulePath: token.modulePath }, () => Promise.resolve(pin));
    opened.push(device);
    return device;
  };
  if (authority !== undefined) {
    const blank = await open();
    token.writeCertificates([(await authority.issue(blank, name)).certificate], keyId);
    blank.close();
  }
  const remove = (): void => {
    for (const device of opened) device.close();
    token.remove();
  };
  return { token, open, remove };
}
