/**
 * A small internet of network namespaces: routers, and hosts with a line to one of them, in which programs run. What happens on a line is
 * decided at its router, but for the addresses and the link of the host.
 *
 *     router (public addresses) ---- host
 *       |  \---- host
 *       \---- router that translates addresses (private ones behind it) ---- host
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { ip, run, runWithin, within } from "./commands.ts";
import {
  addNamespace,
  etcOf,
  kill,
  nameOf,
  processesIn,
  removeNamespace,
  removeStaleNamespaces,
} from "./namespaces.ts";

/** What an end of a line has of addresses. */
export type Families = "ipv4" | "ipv6" | "both";

export interface Addresses {
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/** Of a router that translates addresses: what arrives at its public address at these ports goes on to a host. */
export interface PassedOn {
  readonly host: Host;
  readonly tcp: number;
  readonly udp: number;
  /** Also what comes from behind the router. */
  readonly hairpin: boolean;
}

/** What a router does to what passes on a line, both ways. */
export interface LineRules {
  readonly udp?: "pass" | "drop";
  readonly all?: "pass" | "drop";
  /** Of UDP, whole percent each way. */
  readonly lossPercent?: number;
  /** What is meant for the first goes to the second; what is under way stays where it is. */
  readonly detour?: readonly [from: Addresses, to: Addresses];
}

export class Network {
  static #made = 0;
  /** The one in the middle. */
  readonly router: Router;
  readonly #namespaces: string[] = [];
  readonly #number: number;
  readonly #onExit = (): void => this.close();
  #lines = 0;

  /** @throws Error where none may be made: `whyNoNamespaces` says so before */
  constructor() {
    removeStaleNamespaces();
    Network.#made += 1;
    this.#number = Network.#made;
    process.once("exit", this.#onExit);
    this.router = new Router(this, "router");
  }

  /** @internal */
  namespace(name: string): string {
    const namespace = nameOf(`${this.#number}-${name}`);
    this.#namespaces.push(namespace);
    addNamespace(namespace);
    // Whether anybody else has an address already need not be asked: it takes seconds, in which the address cannot be used.
    set(namespace, { "ipv6/conf/default/accept_dad": 0, "ipv6/conf/all/accept_dad": 0 });
    ip(namespace, "link set lo up");
    return namespace;
  }

  /** A number for the networks of a line. @internal */
  nextLine(): number {
    this.#lines += 1;
    return this.#lines;
  }

  close(): void {
    process.off("exit", this.#onExit);
    for (const namespace of this.#namespaces.splice(0).toReversed()) removeNamespace(namespace);
  }
}

export class Router {
  readonly namespace: string;
  readonly #network: Network;
  /** Where it leads on; without one it is the one in the middle. */
  readonly #uplink: Host | undefined;
  readonly #lines = new Map<Host, LineRules>();
  #passedOn: PassedOn | undefined;

  constructor(network: Network, name: string, uplink?: Host) {
    this.#network = network;
    this.#uplink = uplink;
    this.namespace = uplink?.namespace ?? network.namespace(name);
    set(this.namespace, { "ipv4/ip_forward": 1, "ipv6/conf/all/forwarding": 1 });
    this.#write();
  }

  host(name: string, families: Families = "both"): Host {
    return this.#line(name, this.#uplink === undefined ? families : "ipv4");
  }

  /** A router that gives those behind it private addresses (IPv4), and shows its own in their place. */
  translator(name: string): Router {
    return new Router(this.#network, name, this.#line(name, "ipv4"));
  }

  /** Where those outside find what is passed on. */
  get publicAddress(): string {
    const { ipv4 } = this.#uplink?.addresses ?? {};
    if (ipv4 === undefined) throw new Error("it translates no addresses");
    return ipv4;
  }

  /** In place of what it passed on before; what is under way goes on. */
  passOn(passedOn: PassedOn): void {
    this.#passedOn = passedOn;
    this.#write();
  }

  #line(name: string, families: Families): Host {
    const host: Host = new Host(this.#network, this, {
      name,
      families,
      isPrivate: this.#uplink !== undefined,
      onRules: (rules) => {
        this.#lines.set(host, rules);
        this.#write();
      },
    });
    return host;
  }

  #write(): void {
    const filters = [...this.#lines].flatMap(([host, rules]) => filtersOf(host.routerEnd, rules));
    const { before, after } = this.#translations();
    const detours = [...this.#lines].flatMap(([{ routerEnd }, { detour }]) => detoursOf(routerEnd, detour));
    const rules = [
      "flush ruleset",
      "table inet lines {",
      `chain forward { type filter hook forward priority 0; ${[followed, ...filters].join("; ")}; }`,
      "}",
      "table inet translation {",
      `chain before { type nat hook prerouting priority -100; ${[...before, ...detours].join("; ")}; }`,
      `chain after { type nat hook postrouting priority 100; ${after.join("; ")}; }`,
      "}",
    ];
    runWithin(this.namespace, "nft", ["-f", "-"], `${rules.join("\n")}\n`);
  }

  #translations(): { readonly before: readonly string[]; readonly after: readonly string[] } {
    if (this.#uplink === undefined) return { before: [], after: [] };
    const after = [`oifname "${hostEnd}" masquerade`];
    if (this.#passedOn === undefined) return { before: [], after };
    const { hairpin, host, tcp, udp } = this.#passedOn;
    const { ipv4 } = host.addresses;
    const to = `ip daddr ${this.publicAddress}${hairpin ? "" : ` iifname "${hostEnd}"`}`;
    return {
      before: [`${to} tcp dport ${tcp} dnat ip to ${ipv4}`, `${to} udp dport ${udp} dnat ip to ${ipv4}`],
      // Who asks from behind the same router has to be answered from where they asked.
      after: [...after, ...(hairpin ? [`ip daddr ${ipv4} ct status dnat masquerade`] : [])],
    };
  }
}

/** Of `/proc/sys/net`, which belongs to the namespace. */
function set(namespace: string, settings: Readonly<Record<string, number>>): void {
  const commands = Object.entries(settings).map(([name, value]) => `echo ${value} >/proc/sys/net/${name}`);
  runWithin(namespace, "sh", ["-c", commands.join(" && ")]);
}

function filtersOf(end: string, { all, lossPercent = 0, udp }: LineRules): readonly string[] {
  return ["iifname", "oifname"].flatMap((direction) => [
    ...(all === "drop" ? [`${direction} "${end}" drop`] : []),
    ...(udp === "drop" ? [`${direction} "${end}" meta l4proto udp drop`] : []),
    ...(lossPercent > 0
      ? [`${direction} "${end}" meta l4proto udp numgen random mod 100 < ${lossPercent} drop`]
      : []),
  ]);
}

/** All connections are followed from the beginning: what is under way when the first detour comes would count as new, and be led astray. */
const followed = "ct state new counter";

function detoursOf(end: string, detour: LineRules["detour"]): readonly string[] {
  if (detour === undefined) return [];
  const [from, to] = detour;
  return [
    ["ip", from.ipv4, to.ipv4],
    ["ip6", from.ipv6, to.ipv6],
  ].flatMap(([family, address, other]) =>
    address === undefined || other === undefined
      ? []
      : [`iifname "${end}" ${family} daddr ${address} dnat ${family} to ${other}`],
  );
}

/** The name of the line at the host. */
const hostEnd = "line";

export interface HostOptions {
  readonly name: string;
  readonly families: Families;
  /** Has private addresses, of IPv4 alone. */
  readonly isPrivate: boolean;
  readonly onRules: (rules: LineRules) => void;
}

/** A machine with one line. */
export class Host {
  readonly namespace: string;
  /** The name of the line at its router. */
  readonly routerEnd: string;
  readonly #router: Router;
  readonly #options: HostOptions;
  readonly #line: number;
  #families: Families;
  #rules: LineRules = {};
  /** The last part of its addresses. */
  #place = 2;

  constructor(network: Network, router: Router, options: HostOptions) {
    const { families, name } = options;
    this.#router = router;
    this.#options = options;
    this.#line = network.nextLine();
    this.namespace = network.namespace(name);
    this.routerEnd = `to-${this.#line}`;
    ip(router.namespace, `link add ${this.routerEnd} type veth peer name ${hostEnd} netns ${this.namespace}`);
    this.#families = options.isPrivate ? "ipv4" : "both";
    const addresses = this.#commands("add", 1).map((command) => command.replace(hostEnd, this.routerEnd));
    this.#families = families;
    ip(router.namespace, ...addresses, `link set ${this.routerEnd} up`);
    this.linkUp();
  }

  get addresses(): Addresses {
    return this.#addresses(this.#place);
  }

  /** In front of a program and its arguments. */
  get through(): readonly [string, ...string[]] {
    return within(this.namespace);
  }

  /** By which names it knows others, in place of `/etc/hosts`. */
  knows(names: Readonly<Record<string, Addresses>>): void {
    const lines = Object.entries(names).flatMap(([name, { ipv4, ipv6 }]) =>
      [ipv4, ipv6].flatMap((address) => (address === undefined ? [] : [`${address} ${name}`])),
    );
    mkdirSync(etcOf(this.namespace), { recursive: true });
    writeFileSync(
      join(etcOf(this.namespace), "hosts"),
      ["127.0.0.1 localhost", "::1 localhost", ...lines, ""].join("\n"),
    );
    // Browsers ask for what stands in that file, too: nobody answers there, at once, as a network whose UDP is blocked still has somebody who does.
    writeFileSync(join(etcOf(this.namespace), "resolv.conf"), "nameserver 127.0.0.1\n");
  }

  /** In place of those there were. */
  rules(rules: LineRules): void {
    this.#rules = rules;
    this.#options.onRules(rules);
  }

  /** Other rules, until the promise has settled. */
  async during<T>(rules: LineRules, act: () => Promise<T>): Promise<T> {
    const before = this.#rules;
    this.rules(rules);
    try {
      return await act();
    } finally {
      this.rules(before);
    }
  }

  /** Its addresses go, as when one leaves a network. */
  removeAddresses(): void {
    ip(this.namespace, ...this.#commands("del", this.#place));
  }

  /** It gets others of the same networks. */
  addOtherAddresses(): void {
    this.#place += 1;
    this.#addAddresses();
  }

  /** It keeps, or gets back, its addresses of these families, and the others go. */
  changeFamilies(families: Families): void {
    this.removeAddresses();
    this.#families = families;
    this.#addAddresses();
  }

  linkDown(): void {
    ip(this.namespace, ...this.#commands("del", this.#place), `link set ${hostEnd} down`);
  }

  linkUp(): void {
    ip(this.namespace, ...this.#commands("add", this.#place), `link set ${hostEnd} up`, ...this.#routes());
  }

  /** What passes the line at most, each way; more waits for up to 400 ms, and is lost then. */
  limit(bitsPerSecond: number | undefined): void {
    const ends = [
      [this.namespace, hostEnd],
      [this.#router.namespace, this.routerEnd],
    ] as const;
    const how =
      bitsPerSecond === undefined ? "del" : `replace tbf rate ${bitsPerSecond}bit burst 3000 latency 400ms`;
    const [action = "", ...bucket] = how.split(" ");
    for (const [namespace, end] of ends)
      run("tc", ["-n", namespace, "qdisc", action, "dev", end, "root", ...bucket]);
  }

  /** All that runs on it, as when a lid is closed; the line stays. */
  freeze(): void {
    for (const pid of processesIn(this.namespace)) kill(pid, "SIGSTOP");
  }

  thaw(): void {
    for (const pid of processesIn(this.namespace)) kill(pid, "SIGCONT");
  }

  #addAddresses(): void {
    ip(this.namespace, ...this.#commands("add", this.#place), ...this.#routes());
  }

  #addresses(place: number): Addresses {
    const { isPrivate } = this.#options;
    const families = this.#families;
    return {
      // Of the ranges that are for trials of networks (RFC 2544, RFC 3849), and of private ones.
      ...(families === "ipv6" ? {} : { ipv4: `${isPrivate ? "10.9" : "198.18"}.${this.#line}.${place}` }),
      ...(families === "ipv4" ? {} : { ipv6: `2001:db8:0:${this.#line}::${place}` }),
    };
  }

  #commands(action: "add" | "del", place: number): string[] {
    const { ipv4, ipv6 } = this.#addresses(place);
    const commands = [];
    if (ipv4 !== undefined) commands.push(`address ${action} ${ipv4}/24 dev ${hostEnd}`);
    if (ipv6 !== undefined) commands.push(`address ${action} ${ipv6}/64 dev ${hostEnd}`);
    return commands;
  }

  #routes(): string[] {
    const { ipv4, ipv6 } = this.#addresses(1);
    return [
      ...(ipv4 === undefined ? [] : [`route replace default via ${ipv4}`]),
      ...(ipv6 === undefined ? [] : [`route replace default via inet6 ${ipv6}`]),
    ];
  }
}
