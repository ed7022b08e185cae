/** Keys, certificates and user IDs that cannot be used: one line on what it is, one on what to do, and the exit code. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { Scene } from "../support/script.ts";

const scene = await Scene.open();
await scene.register("anna");
writeFileSync(join(scene.folder, "file"), "neither a key nor a certificate");

scene.each(
  "keys that are not there, or do not open",
  {
    run: "sign-in --server $SERVER --user anna --profile empty",
    err: [
      "error: there is no key file $DIR/empty/anna.key",
      "hint: make a key with `signet register`, or name yours with --key-file",
    ],
    code: 4,
  },
  {
    run: "sign-in --profile anna",
    env: { SIGNET_PASSPHRASE: "wrong" },
    err: ["error: the passphrase is wrong, or the key file was altered", "hint: try again"],
    code: 4,
  },
  {
    run: "sign-in --profile anna",
    env: {},
    err: [
      "error: passphrase of $DIR/anna/anna.key cannot be asked for here",
      "hint: set SIGNET_PASSPHRASE, or name an open descriptor with --passphrase-fd",
    ],
    code: 4,
  },
  {
    run: "sign-in --profile anna --passphrase-fd 9",
    env: {},
    err: [
      "error: descriptor 9 cannot be read",
      "hint: open it for the command, for example --passphrase-fd 3 3<file; npx hands on none, node_modules/.bin/signet does",
    ],
    code: 2,
  },
  {
    run: "sign-in --profile anna --key-file $DIR/file",
    err: [
      "error: this is not a key file that Signet can read",
      "hint: name the file that `signet register` made with --key-file, or a backup of it",
    ],
    code: 4,
  },
  {
    run: "sign-in --profile anna --key-file a --module b",
    err: ["error: --key-file and a token exclude each other", "hint: give either --key-file or --module"],
    code: 2,
  },
  {
    run: "sign-in --profile anna --token desk",
    err: [
      "error: --token needs a PKCS#11 module",
      "hint: give it with --module; `signet devices` lists those that are installed",
    ],
    code: 2,
  },
  {
    run: "sign-in --profile anna --module $DIR/nothing.so",
    env: { SIGNET_PIN: "1234" },
    err: [
      "error: there is no file at the path of the PKCS#11 module",
      "hint: install the software of your token, or correct the path",
    ],
    code: 4,
  },
  {
    run: "register --server $SERVER --user ben --profile ben --key-type RS256",
    err: ["error: a software key cannot be RSA", "hint: leave --key-type out, or give EdDSA"],
    code: 2,
  },
  {
    run: "register --server $SERVER --user ben --profile ben",
    env: { SIGNET_PASSPHRASE: "" },
    err: [
      "error: the passphrase is empty",
      "hint: choose one: it is all that protects the key when the file is copied",
    ],
    code: 4,
  },
);

scene.each(
  "certificates from files",
  {
    run: "sign-in --profile anna --trust-anchors $DIR/file",
    err: ["error: $DIR/file: there is no certificate in it", /^hint: it must hold certificates in PEM/],
    code: 2,
  },
  {
    run: "sign-in --profile anna --trust-anchors $DIR/nothing",
    err: ["error: cannot read $DIR/nothing", "hint: give a file that can be read with --trust-anchors"],
    code: 2,
  },
  {
    run: "sign-in --profile anna --crl $DIR/file",
    err: ["error: --crl belongs to --trust-anchors", "hint: give the root certificates as well"],
    code: 2,
  },
  {
    run: "register --server $SERVER --user ben --profile ben --certificate $DIR/file",
    err: [
      "error: no certificates are accepted here: no trust anchors are set",
      "hint: register without a certificate, or ask the person who runs the server",
    ],
    code: 5,
  },
);

scene.script(
  "a server that says no",
  {
    run: "sign-in --server $SERVER --user nobody --profile anna --key-file $DIR/anna/anna.key",
    err: [
      "error: nobody has this user ID here",
      "hint: check the spelling; a new one is made by `signet register`",
    ],
    code: 5,
  },
  {
    run: "register --server $SERVER --user anna --profile other",
    err: [
      "error: this user ID is taken",
      "hint: choose another one with --user; yours already? then use `signet sign-in`",
    ],
    code: 5,
  },
  {
    // The key that was made for the registration above is gone again.
    run: "sign-in --server $SERVER --user anna --profile other",
    err: [/^error: there is no key file/, /^hint: /],
    code: 4,
  },
  {
    run: "register --server $SERVER --user other --profile anna --key-file $DIR/anna/anna.key",
    err: [
      "error: this key is registered under another user ID",
      "hint: use that one, or another key with --key-file or --new-key",
    ],
    code: 5,
  },
);
