import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { addressGroups, TrustedProxies } from "../../src/http/client-address.ts";

/** The narrowest group, the one that has the allowance of one address. */
const household = (address: string): string | undefined => addressGroups(address).at(-1)?.name;
const site = (address: string): string | undefined => addressGroups(address)[0]?.name;

test("IPv4 counts by address, also where it comes as IPv6; IPv6 by /56 and /48, however it is written", () => {
  assert.deepEqual(addressGroups("192.0.2.1"), [{ name: "192.0.2.1", addresses: 1 }]);
  assert.deepEqual(addressGroups("::ffff:192.0.2.1"), addressGroups("192.0.2.1"));
  const one = "2001:db8:1:200::1";
  assert.deepEqual(addressGroups(one), [
    { name: "20010db80001/48", addresses: 4 },
    { name: "20010db8000102/56", addresses: 1 },
  ]);
  for (const same of ["2001:db8:1:2ff:ffff::", "2001:0DB8:0001:0200:0:0:0:9", "2001:db8:1:200::192.0.2.1"])
    assert.deepEqual(addressGroups(same), addressGroups(one));
  for (const neighbour of ["2001:db8:1:1ff::1", "2001:db8:1:300::1", "2001:db8:1::200", "2001:db8:1:2::1"])
    assert.deepEqual([household(neighbour) === household(one), site(neighbour)], [false, site(one)]);
  for (const other of ["2001:db8:2:200::1", "2001:db8:0:200::1", "2001:db8::1:200:1", "::1"])
    assert.deepEqual([household(other) === household(one), site(other) === site(one)], [false, false]);
  assert.deepEqual(addressGroups("fe80::1%eth0"), addressGroups("fe80::2%eth1"));
  const part = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(fc.array(part, { minLength: 8, maxLength: 8 }), (parts) => {
      const address = parts.map((one) => one.toString(16)).join(":");
      const digits = parts.map((one) => one.toString(16).padStart(4, "0")).join("");
      // IPv4 in IPv6 is an address of IPv4.
      if (!parts.slice(0, 5).every((one) => one === 0))
        assert.deepEqual(
          [site(address), household(address)],
          [`${digits.slice(0, 12)}/48`, `${digits.slice(0, 14)}/56`],
        );
    }),
  );
});

test("whose a connection is, a trusted proxy says, from the right", () => {
  const proxies = new TrustedProxies(["127.0.0.1", "10.0.0.0/8", "2001:db8:f::/48"]);
  const client = (peer: string, said?: string): string => proxies.clientOf(peer, said);
  // Without a proxy in between nobody's word counts.
  assert.equal(client("203.0.113.5", "198.51.100.1"), "203.0.113.5");
  assert.equal(client("127.0.0.2", "198.51.100.1"), "127.0.0.2");
  assert.equal(client("11.0.0.1", "198.51.100.1"), "11.0.0.1");
  assert.equal(client("127.0.0.1", "198.51.100.1"), "198.51.100.1");
  assert.equal(client("::ffff:127.0.0.1", "198.51.100.1"), "198.51.100.1");
  // What the client itself wrote stands to the left.
  assert.equal(client("127.0.0.1", "192.0.2.9, 198.51.100.1"), "198.51.100.1");
  assert.equal(client("127.0.0.1", "127.0.0.1, 198.51.100.1"), "198.51.100.1");
  assert.equal(client("127.0.0.1", "198.51.100.1, 10.1.2.3"), "198.51.100.1");
  assert.equal(client("127.0.0.1", "192.0.2.9,198.51.100.1 ,10.1.2.3, 2001:db8:f:1::2"), "198.51.100.1");
  assert.equal(client("2001:db8:f::1", "2001:db8:a::7"), "2001:db8:a::7");
  assert.equal(client("127.0.0.1", "198.51.100.1:4711"), "198.51.100.1");
  assert.equal(client("127.0.0.1", "[2001:db8:a::7]:4711"), "2001:db8:a::7");
  // Who says nothing, or nothing that can be read, is the proxy itself.
  for (const said of [undefined, "", "unknown", "198.51.100.1, unknown", "198.51.100.1, 1.2.3", "a, "])
    assert.equal(client("127.0.0.1", said), "127.0.0.1");
  assert.equal(client("127.0.0.1", "10.0.0.2, 10.0.0.3"), "10.0.0.2");
});

test("a proxy is an address or a network", () => {
  for (const range of [
    "",
    "proxy",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "::/129",
    "10.0.0.0/",
    "1.2.3",
  ])
    assert.throws(() => new TrustedProxies([range]), RangeError, range);
  assert.ok(new TrustedProxies(["10.0.0.0/32"]).has("10.0.0.0"));
  assert.ok(!new TrustedProxies(["10.0.0.0/32"]).has("10.0.0.1"));
  assert.ok(new TrustedProxies(["0.0.0.0/0", "::/0"]).has("2001:db8::1"));
  assert.ok(!new TrustedProxies([]).has("127.0.0.1"));
  assert.ok(!new TrustedProxies(["0.0.0.0/0"]).has("no address"));
});
