/** ECDSA with P-256 and SHA-256: DER and r||s. */
import { toVectors } from "./vector.ts";
import type { VectorSet } from "./vector.ts";

const p256 = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

/** "sample" and "test" in ASCII. */
const sample = "73616d706c65";
const test = "74657374";

const rfcKey = `${p256}60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299`;
const sampleR = "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716";
const sampleS = "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
const testR = "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367";
const testS = "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083";

/** "123400" in ASCII, which Wycheproof signs most often. */
const m = "313233343030";
const wycheproofKey = `${p256}2927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4606766b3d9685001558d1a974e7341513e`;
const r = "2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e18";
const s = "b329f479a2bbd0a5c384ee1493b1f5186a87139cac5df4087c134b49156847db";
/** Order of the group, and what is around it; the field's prime. */
const n = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const nLess1 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
const nMore1 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552";
const p = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
const pMore1 = "ffffffff00000001000000000000000000000001000000000000000000000000";
const zero = "0".repeat(64);
const one = `${"0".repeat(63)}1`;

/** The contents of the SEQUENCE of the valid signature that Wycheproof alters. */
const rs = `0220${r}022100${s}`;

const encoding = "proof.encoding";
const signature = "proof.signature";

const wycheproofDer = "C2SP Wycheproof, testvectors_v1/ecdsa_secp256r1_sha256_test.json";
const wycheproofRaw = "C2SP Wycheproof, testvectors_v1/ecdsa_secp256r1_sha256_p1363_test.json";

export const ecdsaP256: readonly VectorSet[] = [
  {
    source: "RFC 6979 appendix A.2.5, with SHA-256",
    algorithm: "ES256",
    form: "raw",
    publicKey: rfcKey,
    vectors: toVectors([
      ["sample", "valid", sample, sampleR + sampleS, "valid"],
      ["test", "valid", test, testR + testS, "valid"],
      ["sample", "over the other message", test, sampleR + sampleS, signature],
      ["test", "over the other message", sample, testR + testS, signature],
      ["sample", "s and r exchanged", sample, sampleS + sampleR, signature],
      ["sample", "s of the other message", sample, sampleR + testS, signature],
    ]),
  },
  {
    source: "RFC 6979 appendix A.2.5, with SHA-256, as DER",
    algorithm: "ES256",
    form: "der",
    publicKey: rfcKey,
    vectors: toVectors([
      ["sample", "valid", sample, `3046022100${sampleR}022100${sampleS}`, "valid"],
      ["test", "valid", test, `3045022100${testR}0220${testS}`, "valid"],
      ["test", "over the other message", sample, `3045022100${testR}0220${testS}`, signature],
      ["sample", "raw in the place of DER", sample, sampleR + sampleS, encoding],
    ]),
  },
  {
    source: wycheproofDer,
    algorithm: "ES256",
    form: "der",
    publicKey: `${p256}04aaec73635726f213fb8a9e64da3b8632e41495a944d0045b522eba7240fad587d9315798aaa3a5ba01775787ced05eaaf7b4e09fc81d6d1aa546e8365d525d`,
    vectors: toVectors([
      [
        "1",
        "pseudorandom signature",
        "",
        "3045022100b292a619339f6e567a305c951c0dcbcc42d16e47f219f9e98e76e09d8770b34a02200177e60492c5a8242f76f07bfe3661bde59ec2a17ce5bd2dab2abebdf89a62e2",
        "valid",
      ],
      [
        "2",
        "pseudorandom signature",
        "4d7367",
        "30450220530bd6b0c9af2d69ba897f6b5fb59695cfbf33afe66dbadcf5b8d2a2a6538e23022100d85e489cb7a161fd55ededcedbf4cc0c0987e3e3f0f242cae934c72caa3f43e9",
        "valid",
      ],
      [
        "3",
        "pseudorandom signature",
        m,
        "3046022100a8ea150cb80125d7381c4c1f1da8e9de2711f9917060406a73d7904519e51388022100f3ab9fa68bd47973a73b2d40480c2ba50c22c9d76ec217257288293285449b86",
        "valid",
      ],
      [
        "4",
        "pseudorandom signature",
        "0000000000000000000000000000000000000000",
        "3045022100986e65933ef2ed4ee5aada139f52b70539aaf63f00a91f29c69178490d57fb7102203dafedfb8da6189d372308cbf1489bbbdabf0c0217d1c0ff0f701aaa7a694b9c",
        "valid",
      ],
    ]),
  },
  {
    source: wycheproofDer,
    algorithm: "ES256",
    form: "der",
    publicKey: wycheproofKey,
    vectors: toVectors([
      [
        "5",
        "signature malleability",
        m,
        `30440220${r}02204cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76`,
        "valid",
      ],
      ["6", "ASN encoding of s misses leading 0", m, `30440220${r}0220${s}`, encoding],
      ["7", "valid", m, `3045${rs}`, "valid"],
      ["8", "length of sequence uses long form encoding", m, `308145${rs}`, encoding],
      ["9", "length of sequence contains a leading 0", m, `30820045${rs}`, encoding],
      ["10", "length of sequence uses 70 instead of 69", m, `3046${rs}`, encoding],
      ["11", "length of sequence uses 68 instead of 69", m, `3044${rs}`, encoding],
      ["12", "uint32 overflow in length of sequence", m, `30850100000045${rs}`, encoding],
      ["13", "uint64 overflow in length of sequence", m, `3089010000000000000045${rs}`, encoding],
      ["14", "length of sequence = 2**31 - 1", m, `30847fffffff${rs}`, encoding],
      ["18", "length of sequence = 2**64 - 1", m, `3088ffffffffffffffff${rs}`, encoding],
      ["19", "incorrect length of sequence", m, `30ff${rs}`, encoding],
      ["20", "indefinite length tag without termination", m, `3080${rs}`, encoding],
      ["21", "removing sequence", m, "", encoding],
      ["22", "lonely sequence tag", m, "30", encoding],
      ["23", "appending 0's to sequence", m, `3047${rs}0000`, encoding],
      ["24", "prepending 0's to sequence", m, `30470000${rs}`, encoding],
      ["25", "appending unused 0's to sequence", m, `3045${rs}0000`, encoding],
      ["26", "appending null value to sequence", m, `3047${rs}0500`, encoding],
      ["27", "prepending garbage to sequence", m, `304a4981773045${rs}`, encoding],
      ["29", "appending garbage to sequence", m, `30473045${rs}0004deadbeef`, encoding],
      ["30", "including undefined tags", m, `304daa00bb00cd003045${rs}`, encoding],
      ["33", "truncated length of sequence", m, "3081", encoding],
      ["35", "composition with indefinite length", m, `30803045${rs}0000`, encoding],
      ["37", "replacing sequence with NULL", m, "0500", encoding],
      ["40", "changing tag value of sequence", m, `3145${rs}`, encoding],
      ["43", "dropping value of sequence", m, "3000", encoding],
      ["45", "truncated sequence", m, `3044${rs.slice(0, -2)}`, encoding],
      ["46", "truncated sequence", m, `3044${rs.slice(2)}`, encoding],
    ]),
  },
  {
    source: wycheproofRaw,
    algorithm: "ES256",
    form: "raw",
    publicKey: wycheproofKey,
    vectors: toVectors([
      [
        "1",
        "signature malleability",
        m,
        `${r}4cd60b855d442f5b3c7b11eb6c4e0ae7525fe710fab9aa7c77a67f79e6fadd76`,
        "valid",
      ],
      [
        "2",
        "replaced r by r + n",
        m,
        `012ba3a8bd6b94d5ed80a6d9d1190a436ebccc0833490686deac8635bcb9bf536900${s}`,
        encoding,
      ],
      [
        "4",
        "replaced r by n - r",
        m,
        `d45c5740946b2a147f59262ee6f5bc90bd01ed280528b62b3aed5fc93f06f739${s}`,
        signature,
      ],
      ["5", "replaced r by r + 2**256", m, `01${r}00${s}`, encoding],
      ["6", "replaced r by r + 2**320", m, `010000000000000000${r}000000000000000000${s}`, encoding],
      ["11", "r=0 and s=0", m, zero + zero, encoding],
      ["12", "r=0 and s=1", m, zero + one, encoding],
      ["13", "r=0 and s=n", m, zero + n, encoding],
      ["14", "r=0 and s=n - 1", m, zero + nLess1, encoding],
      ["16", "r=0 and s=p", m, zero + p, encoding],
      ["18", "r=1 and s=0", m, one + zero, encoding],
      ["19", "r=1 and s=1", m, one + one, signature],
      ["20", "r=1 and s=n", m, one + n, encoding],
      ["21", "r=1 and s=n - 1", m, one + nLess1, signature],
      ["22", "r=1 and s=n + 1", m, one + nMore1, encoding],
      ["23", "r=1 and s=p", m, one + p, encoding],
      ["24", "r=1 and s=p + 1", m, one + pMore1, encoding],
      ["25", "r=n and s=0", m, n + zero, encoding],
      ["26", "r=n and s=1", m, n + one, encoding],
      [
        "89",
        "special case hash",
        "393738383438303339",
        "5694a6f84b8f875c276afd2ebcfe4d61de9ec90305afb1357b95b3e0da43885e0dffad9ffd0b757d8051dec02ebdf70d8ee2dc5c7870c0823b6ccc7c679cbaa4",
        "valid",
      ],
      [
        "94",
        "special case hash",
        "33343437323533333433",
        "08f16b8093a8fb4d66a2c8065b541b3d31e3bfe694f6b89c50fb1aaa6ff6c9b29d6455e2d5d1779748573b611cb95d4a21f967410399b39b535ba3e5af81ca2e",
        "valid",
      ],
      [
        "111",
        "special case hash",
        "32363138373837343138",
        "0671a0a85c2b72d54a2fb0990e34538b4890050f5a5712f6d1a7a5fb8578f32edb1846bab6b7361479ab9c3285ca41291808f27fd5bd4fdac720e5854713694c",
        "valid",
      ],
    ]),
  },
  {
    source: wycheproofRaw,
    algorithm: "ES256",
    form: "raw",
    publicKey: `${p256}0ad99500288d466940031d72a9f5445a4d43784640855bf0a69874d2de5fe103c5011e6ef2c42dcd50d5d3d29f99ae6eba2c80c9244f4c5422f0979ff0c3ba5e`,
    vectors: toVectors([
      [
        "115",
        "k*G has a large x-coordinate",
        m,
        "000000000000000000000000000000004319055358e8617b0c46353d039cdaabffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e",
        "valid",
      ],
      [
        "116",
        "r too large",
        m,
        "ffffffff00000001000000000000000000000000fffffffffffffffffffffffcffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e",
        encoding,
      ],
    ]),
  },
  {
    source: wycheproofRaw,
    algorithm: "ES256",
    form: "raw",
    publicKey: `${p256}ab05fd9d0de26b9ce6f4819652d9fc69193d0aa398f0fba8013e09c58220455419235271228c786759095d12b75af0692dd4103f19f6a8c32f49435a1e9b8d45`,
    vectors: toVectors([
      [
        "117",
        "r,s are large",
        m,
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254fffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254e",
        "valid",
      ],
    ]),
  },
  {
    source: wycheproofRaw,
    algorithm: "ES256",
    form: "raw",
    publicKey: `${p256}80984f39a1ff38a86a68aa4201b6be5dfbfecf876219710b07badf6fdd4c6c5611feb97390d9826e7a06dfb41871c940d74415ed3cac2089f1445019bb55ed95`,
    vectors: toVectors([
      [
        "118",
        "r and s^-1 have a large Hamming weight",
        m,
        "7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffd909135bdb6799286170f5ead2de4f6511453fe50914f3df2de54a36383df8dd4",
        "valid",
      ],
    ]),
  },
  {
    source: wycheproofRaw,
    algorithm: "ES256",
    form: "raw",
    publicKey: `${p256}b533d4695dd5b8c5e07757e55e6e516f7e2c88fa0239e23f60e8ec07dd70f2871b134ee58cc583278456863f33c3a85d881f7d4a39850143e29d4eaf009afe47`,
    vectors: toVectors([
      [
        "169",
        "point at infinity during verify",
        m,
        "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8555555550000000055555555555555553ef7a8e48d07df81a693439654210c70",
        signature,
      ],
    ]),
  },
];
