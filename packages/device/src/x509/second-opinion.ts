/** pkijs, which knows nothing of our own checks, must find the same path. Loaded when the first certificate is seen. */
import { BoundedMap, concatBytes, toBase64Url } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";
import type * as Pkijs from "pkijs";

import { sha256 } from "../digest.ts";
import { isSignedBy } from "./signature.ts";
import type { Path } from "./path.ts";

/** About 150 bytes each. */
const mostAnswers = 2_000;

/**
 * Whether the path validation of pkijs accepts the path as well. It has no Ed25519 and takes SHA-1, so signatures are verified by our
 * own function for it too, and so are the names that lead from one to the next; everything else (path building, dates, authorities,
 * policies, name constraints, key identifiers) is its own.
 */
export async function agrees(path: Path, nowMs: number): Promise<boolean> {
  const name = toBase64Url(await sha256(concatBytes(...path.all.map(({ bytes }) => bytes))));
  const answer = answers.get(name) ?? (await ask(path, nowMs));
  answers.set(name, answer);
  return answer;
}

/**
 * What pkijs said of a path, by the hash of its certificates. It takes some 10 ms of the only thread that a server has, and who holds a
 * certificate can ask for it as often as for a challenge. Time changes its answer only by the dates, which our own checks look at each time.
 */
const answers = new BoundedMap<string, boolean>(mostAnswers);

async function ask(path: Path, nowMs: number): Promise<boolean> {
  const { Certificate, CertificateChainValidationEngine, CryptoEngine } = await import("pkijs");
  try {
    const certificates = path.all.map(({ bytes }) => Certificate.fromBER(bytes));
    const anchor = certificates.at(-1);
    if (anchor === undefined) return false;
    // Its own comparison of names knows neither case folding beyond small letters nor other spaces, and would part what RFC 5280 section
    // 7.1 joins: it is given each issuer in the spelling of that issuer. What was signed is not touched.
    for (const [i, { subject }] of certificates.slice(1).entries()) {
      const below = certificates[i];
      if (below !== undefined) below.issuer = subject;
    }
    const engine = new CertificateChainValidationEngine({
      trustedCerts: [anchor],
      // It takes the last for the one to validate.
      certs: certificates.slice(0, -1).reverse(),
      checkDate: new Date(nowMs),
    });
    const { result } = await engine.verify({}, signatureEngine(CryptoEngine));
    return result;
  } catch {
    return false;
  }
}

function signatureEngine(CryptoEngine: typeof Pkijs.CryptoEngine) {
  class OwnSignatures extends CryptoEngine {
    override async verifyWithPublicKey(
      ...[data, signature, publicKey, algorithm]: Parameters<
        InstanceType<typeof CryptoEngine>["verifyWithPublicKey"]
      >
    ): Promise<boolean> {
      const signed = {
        tbs: toBytes(data),
        algorithm: toBytes(algorithm.toSchema().toBER(false)),
        signature: toBytes(signature.valueBlock.valueHexView),
      };
      return isSignedBy(signed, toBytes(publicKey.toSchema().toBER(false)));
    }
  }
  return new OwnSignatures({ name: "webcrypto", crypto });
}

const toBytes = (source: ArrayBufferLike | ArrayBufferView): Bytes =>
  ArrayBuffer.isView(source)
    ? Uint8Array.from(new Uint8Array(source.buffer, source.byteOffset, source.byteLength))
    : Uint8Array.from(new Uint8Array(source));
