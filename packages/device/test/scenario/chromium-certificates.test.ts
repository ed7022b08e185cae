/** The same validation of certificates in Chromium: WebCrypto's keys and curves, and pkijs as a script of its own. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { createSoftwareKey, withCertificates } from "@signet/device";
import { launchChromium } from "@signet/e2e/support/chromium.ts";
import { toBase64Url, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import type { Browser, Page } from "playwright-core";

import type { actions } from "../browser/page.ts";
import { servePage } from "../browser/serve.ts";
import type { ServedPage } from "../browser/serve.ts";
import { holderOf, makeCrl, makeIntermediate, makeLeaf, makeRoot } from "../support/certificates.ts";
import type { Authority, KeyKind } from "../support/certificates.ts";
import { document, forge, identifiers } from "../support/cms.ts";
import { nowMs } from "../support/people.ts";

/** A page that waits for what never comes fails instead of hanging. */
const timeout = 180_000;

describe("certificates in Chromium", { timeout }, () => {
  let served: ServedPage;
  let browser: Browser;
  let page: Page;

  before(async () => {
    served = await servePage();
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(`http://localhost:${served.port}/`);
    await page.waitForFunction(() => "actions" in globalThis);
  });

  after(async () => {
    await browser?.close();
    await served?.close();
  });

  interface Request {
    readonly chain: readonly Authority[];
    readonly anchor: Authority;
    readonly crls?: readonly Bytes[];
    readonly atMs?: number;
  }

  async function validate({ chain, anchor, crls = [], atMs = nowMs }: Request): Promise<string> {
    const request = {
      chain: chain.map(({ certificate }) => toBase64Url(certificate)),
      anchors: [toBase64Url(anchor.certificate)],
      crls: crls.map(toBase64Url),
      publicKey: toBase64Url(chain[0]?.publicKey ?? new Uint8Array()),
      nowMs: atMs,
    };
    return page.evaluate(async (sent) => {
      const page = globalThis as unknown as { readonly actions: typeof actions };
      return page.actions.validateCertificates(sent);
    }, request);
  }

  test("pkijs is asked for when the first chain needs it", async () => {
    const atFirst = served.asked.length;
    const root = await makeRoot();
    const leaf = await makeLeaf(root);
    assert.equal(await validate({ chain: [leaf], anchor: root }), "alice, certified by Root");
    assert.ok(served.asked.length > atFirst);
  });

  const kinds: readonly KeyKind[] = ["P-256", "P-384", "P-521", "Ed25519", "RSA-2048", "RSA-PSS"];

  for (const kind of kinds) {
    test(`authorities with ${kind} keys`, async () => {
      const root = await makeRoot({ kind });
      const intermediate = await makeIntermediate(root);
      for (const device of ["P-256", "Ed25519", "RSA-2048"] as const) {
        const leaf = await makeLeaf(intermediate, { kind: device });
        const chain = [leaf, intermediate];
        assert.equal(await validate({ chain, anchor: root }), "alice, certified by Cards");
      }
    });
  }

  test("chains that are wrong", async () => {
    const root = await makeRoot();
    const intermediate = await makeIntermediate(root, { serial: "0101" });
    const leaf = await makeLeaf(intermediate);
    const chain = [leaf, intermediate];
    const year = 365 * 24 * 3_600_000;
    assert.equal(await validate({ chain, anchor: root, atMs: nowMs + year }), "certificate.expired");
    assert.equal(await validate({ chain, anchor: root, atMs: nowMs - year }), "certificate.notYetValid");
    assert.equal(await validate({ chain, anchor: await makeRoot() }), "certificate.badSignature");
    const revoked = await makeCrl(root, { revoked: ["0101"] });
    assert.equal(await validate({ chain, anchor: root, crls: [revoked] }), "certificate.revoked");
    const noAuthority = await makeIntermediate(root, { cA: false, keyUsage: undefined });
    const below = [await makeLeaf(noAuthority), noAuthority];
    assert.equal(await validate({ chain: below, anchor: root }), "certificate.notAuthority");
  });

  test("signatures of documents by each algorithm of a device", async () => {
    const root = await makeRoot();
    const verify = async (cms: Bytes, of: Bytes): Promise<string> =>
      page.evaluate(
        async (sent) => {
          const page = globalThis as unknown as { readonly actions: typeof actions };
          return page.actions.verifyCms(sent);
        },
        {
          cms: toBase64Url(cms),
          document: toBase64Url(of),
          anchor: toBase64Url(root.certificate),
          atMs: nowMs,
        },
      );
    for (const algorithm of ["ES256", "EdDSA"] as const) {
      const key = await createSoftwareKey({ algorithm });
      const leaf = await makeLeaf(root, { holder: await holderOf(key) });
      const device = withCertificates(key, [leaf.certificate]);
      const cms = await device.signCms?.(document, { signedAtMs: nowMs });
      assert.equal(await verify(cms ?? new Uint8Array(), document), `${algorithm} by Alice Example`);
      assert.equal(await verify(cms ?? new Uint8Array(), utf8("another")), "cms.otherDocument");
    }
    const rsa = await forge(await makeLeaf(root, { kind: "RSA-2048" }), {
      signatureAlgorithm: identifiers.rsaSha256,
    });
    assert.equal(await verify(rsa, document), "RS256 by Alice Example");
    const pss = await forge(await makeLeaf(root, { kind: "RSA-2048" }), {
      signatureAlgorithm: identifiers.rsaPss,
    });
    assert.equal(await verify(pss, document), "PS256 by Alice Example");
  });
});
