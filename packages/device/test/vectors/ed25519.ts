/** Ed25519. */
import { toVectors } from "./vector.ts";
import type { VectorSet } from "./vector.ts";

const spki = "302a300506032b6570032100";
const wycheproof = "C2SP Wycheproof, testvectors_v1/ed25519_test.json";
const rfc = "RFC 8032 section 7.1";

/** Order L of the group, L - 1, the field's prime p, 0 and 1, all with the lowest byte first. */
const L = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
const lLess1 = "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
const p = "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
const zero = "0".repeat(64);
const one = `01${"0".repeat(62)}`;

/** "Test" in ASCII, and its signature. */
const test = "54657374";
const testR = "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab0";
const testS = "7a9155711ecfaf7f99f277bad0c6ae7e39d4eef676573336a5c51eb6f946b30d";
const key = "7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa";
const m = "313233343030";

const encoding = "proof.encoding";
const signature = "proof.signature";

const rfcTest = (publicKey: string, id: string, message: string, valid: string): VectorSet => ({
  source: rfc,
  algorithm: "EdDSA",
  form: "raw",
  publicKey: spki + publicKey,
  vectors: toVectors([
    [id, "valid", message, valid, "valid"],
    [id, "over another message", `${message}00`, valid, signature],
  ]),
});

export const ed25519: readonly VectorSet[] = [
  rfcTest(
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "TEST 1",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ),
  rfcTest(
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "TEST 2",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ),
  rfcTest(
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "TEST 3",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ),
  {
    source: wycheproof,
    algorithm: "EdDSA",
    form: "raw",
    publicKey: spki + key,
    vectors: toVectors([
      [
        "1",
        "valid",
        "",
        "d4fbdb52bfa726b44d1786a8c0d171c3e62ca83c9e5bbe63de0bb2483f8fd6cc1429ab72cafc41ab56af02ff8fcc43b99bfe4c7ae940f60f38ebaa9d311c4007",
        "valid",
      ],
      [
        "2",
        "valid",
        "78",
        "d80737358ede548acb173ef7e0399f83392fe8125b2ce877de7975d8b726ef5b1e76632280ee38afad12125ea44b961bf92f1178c9fa819d020869975bcbe109",
        "valid",
      ],
      ["3", "valid", test, testR + testS, "valid"],
      [
        "4",
        "valid",
        "48656c6c6f",
        "1c1ad976cbaae3b31dee07971cf92c928ce2091a85f5899f5e11ecec90fc9f8e93df18c5037ec9b29c07195ad284e63d548cd0a6fe358cc775bd6c1608d2c905",
        "valid",
      ],
      [
        "5",
        "valid",
        m,
        "657c1492402ab5ce03e2c3a7f0384d051b9cf3570f1207fc78c1bcc98c281c2bf0cf5b3a289976458a1be6277a5055545253b45b07dcc1abd96c8b989c00f301",
        "valid",
      ],
      ["10", "special values for r and s", "3f", zero + zero, signature],
      ["11", "special values for r and s", "3f", zero + one, signature],
      ["12", "special values for r and s", "3f", zero + lLess1, signature],
      ["13", "special values for r and s", "3f", zero + L, signature],
      ["14", "special values for r and s", "3f", zero + p, signature],
      ["15", "special values for r and s", "3f", one + zero, signature],
      ["16", "special values for r and s", "3f", one + one, signature],
      ["18", "special values for r and s", "3f", one + L, signature],
      ["20", "special values for r and s", "3f", L + zero, signature],
      ["25", "special values for r and s", "3f", p + zero, signature],
      ["29", "special values for r and s", "3f", p + p, signature],
      ["30", "empty signature", test, "", encoding],
      ["31", "s missing", test, testR, encoding],
      ["32", "signature too short", test, (testR + testS).slice(0, -4), encoding],
      ["33", "signature too long", test, `${testR}${testS}2020`, encoding],
      ["34", "include pk in signature", test, testR + testS + key, encoding],
      ["35", "prepending 0 byte to signature", test, `00${testR}${testS}`, encoding],
      ["36", "prepending 0 byte to s", test, `${testR}00${testS}`, encoding],
      ["37", "appending 0 byte to signature", test, `${testR}${testS}00`, encoding],
      [
        "42",
        "modified bit 0 in R",
        m,
        "647c1492402ab5ce03e2c3a7f0384d051b9cf3570f1207fc78c1bcc98c281c2b1d125e5538f38afbcc1c84e489521083041d24bc6240767029da063271a1ff0c",
        signature,
      ],
      [
        "59",
        "modified bit 255 in R, the sign of x",
        m,
        "657c1492402ab5ce03e2c3a7f0384d051b9cf3570f1207fc78c1bcc98c281cab227aedf259f910f0f3a759a335062665217925d019173b88917eae294f75d40f",
        signature,
      ],
      ["60", "R==0", m, `${zero}e0b8e7770d51c7a36375d006c5bffd6af43ff54aaf47e4330dc118c71d61ec02`, signature],
      [
        "61",
        "invalid R",
        m,
        `${"f".repeat(64)}463a1908382e7eb7693acef9884f7cf931a215e0791876be22c631a59881fd0e`,
        signature,
      ],
      [
        "63",
        "s replaced by s + L",
        test,
        `${testR}67654bce3832c2d76f8f6f5dafc08d9339d4eef676573336a5c51eb6f946b31d`,
        signature,
      ],
      [
        "65",
        "s replaced by s + 4L",
        test,
        `${testR}2ee12ce5875bf9dff26556464bae2ad239d4eef676573336a5c51eb6f946b34d`,
        signature,
      ],
      [
        "66",
        "s replaced by s + 8L",
        test,
        `${testR}e2300459f1e742404cd934d2c595a6253ad4eef676573336a5c51eb6f946b38d`,
        signature,
      ],
      [
        "67",
        "s replaced by s + 2^253",
        test,
        `${testR}7a9155711ecfaf7f99f277bad0c6ae7e39d4eef676573336a5c51eb6f946b32d`,
        signature,
      ],
      [
        "70",
        "s replaced by s + p",
        test,
        `${testR}679155711ecfaf7f99f277bad0c6ae7e39d4eef676573336a5c51eb6f946b38d`,
        signature,
      ],
    ]),
  },
  {
    source: wycheproof,
    algorithm: "EdDSA",
    form: "raw",
    publicKey: `${spki}100fdf47fb94f1536a4f7c3fda27383fa03375a8f527c537e6f1703c47f94f86`,
    vectors: toVectors([
      [
        "84",
        "S just under the bound",
        "124e583f8b8eca58bb29c271b41d36986bbc45541f8e51f9cb0133eca447601e",
        "dac119d6ca87fc59ae611c157048f4d4fc932a149dbe20ec6effd1436abf83ea05c7df0fef06147241259113909bc71bd3c53ba4464ffcad3c0968f2ffffff0f",
        "valid",
      ],
    ]),
  },
];
