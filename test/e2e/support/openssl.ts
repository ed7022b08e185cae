/** What the `openssl` of this machine makes: the certificates and lists that authorities give out. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const authorityExtensions = [
  "-addext",
  "basicConstraints=critical,CA:TRUE",
  "-addext",
  "keyUsage=critical,keyCertSign,cRLSign",
];

export class OpenSsl {
  readonly dir: string;

  /** @param dir where all files lie, by their names */
  constructor(dir: string) {
    this.dir = dir;
  }

  /** @returns standard output @throws Error with standard error in it */
  run(...args: readonly string[]): string {
    return execFileSync("openssl", args, { cwd: this.dir, encoding: "utf8", stdio: "pipe" });
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  read(name: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(readFileSync(this.path(name)));
  }

  write(name: string, content: string): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** `<name>.key` @param options of `openssl genpkey` */
  key(name: string, ...options: readonly string[]): void {
    const usual = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    this.run("genpkey", ...(options.length === 0 ? usual : options), "-out", `${name}.key`);
  }

  /**
   * `<name>.pem`, its own issuer.
   * @param subject such as `/CN=Root`
   * @param key whose; made where there is none
   * @param options of `openssl req`
   */
  root(name: string, subject: string, key: string, ...options: readonly string[]): string {
    if (!existsSync(this.path(`${key}.key`))) this.key(key);
    const made = ["-key", `${key}.key`, "-days", "365", "-subj", subject, "-out", `${name}.pem`];
    this.run("req", "-x509", ...made, ...authorityExtensions, ...options);
    return this.path(`${name}.pem`);
  }

  /**
   * `<name>.pem` for `<name>.key`, of `<name>@example.org`.
   * @param issuer its certificate and key, by their names
   * @param options of `openssl x509`
   */
  issue(
    name: string,
    issuer: { readonly certificate: string; readonly key: string },
    ...options: readonly string[]
  ): void {
    if (!existsSync(this.path(`${name}.key`))) this.key(name);
    this.run("req", "-new", "-key", `${name}.key`, "-subj", `/CN=${name}`, "-out", `${name}.csr`);
    this.write(
      `${name}.ext`,
      `basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nsubjectAltName=email:${name}@example.org\n`,
    );
    const by = ["-CA", `${issuer.certificate}.pem`, "-CAkey", `${issuer.key}.key`, "-CAcreateserial"];
    const made = ["-days", "90", "-extfile", `${name}.ext`, "-out", `${name}.pem`];
    this.run("x509", "-req", "-in", `${name}.csr`, ...by, ...made, ...options);
  }

  /**
   * `<name>.crl`: a list by an authority of what it revoked.
   * @param config lines for its section of the configuration, such as `crl_extensions = ...`, and sections of their own
   */
  list(
    name: string,
    issuer: { readonly certificate: string; readonly key: string },
    revoked: readonly string[] = [],
    config = "",
  ): string {
    this.write(`${name}.txt`, "");
    this.write(`${name}.number`, "01\n");
    const own = `database=${name}.txt\ncrlnumber=${name}.number\ndefault_md=sha256\ndefault_crl_days=30\n`;
    this.write(`${name}.cnf`, `[ca]\ndefault_ca=one\n[one]\n${own}${config}`);
    const by = ["-cert", `${issuer.certificate}.pem`, "-keyfile", `${issuer.key}.key`];
    for (const one of revoked) this.run("ca", "-config", `${name}.cnf`, ...by, "-revoke", `${one}.pem`);
    this.run("ca", "-config", `${name}.cnf`, ...by, "-gencrl", "-out", `${name}.crl`);
    return this.path(`${name}.crl`);
  }
}
