/** Where in the page one is, as its address says it; and the keys that do something by themselves. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { callScheme, peopleOfCallPath } from "@signet/protocol";
import { aboutLanguage, languages, takeLanguageFrom } from "@signet/words";
import { texts } from "@signet/words/page";

import { manifestOf } from "../../src/lib/language.ts";
import { fragmentOf, placeOf, settingsSections } from "../../src/lib/place.ts";
import { minuteOfTime, timeOfMinute } from "../../src/lib/quiet.ts";
import { isShortcut, shortcuts } from "../../src/lib/shortcuts.ts";
import type { Shortcut, ShortcutName } from "../../src/lib/shortcuts.ts";

test("a place is read from the address as it was written there, and whatever else stands there is the beginning", () => {
  for (const section of [undefined, ...settingsSections]) {
    const place = { view: "settings", ...(section === undefined ? {} : { section }) } as const;
    assert.deepEqual(placeOf(fragmentOf(place)), place);
  }
  assert.deepEqual(placeOf("#settings/nothing"), { view: "settings" });
  for (const other of ["", "#", "#home", "#settingsx", "#add=7k3mq0rtvx2z8hjn5wcp"])
    assert.deepEqual(placeOf(other), { view: "home" }, other);
});

test("what the system shows of the app is there in each language, and each icon has the size that it says", () => {
  const folder = join(import.meta.dirname, "../../public");
  for (const language of languages) {
    const manifest = JSON.parse(readFileSync(join(folder, manifestOf(language)), "utf8")) as {
      readonly lang: string;
      readonly dir: string;
      readonly id: string;
      readonly icons: readonly { readonly src: string; readonly sizes: string; readonly purpose: string }[];
      readonly protocol_handlers: readonly { readonly protocol: string; readonly url: string }[];
      readonly shortcuts: readonly { readonly name: string; readonly url: string }[];
    };
    takeLanguageFrom(() => language);
    assert.deepEqual(
      [manifest.lang, manifest.dir, manifest.id],
      [language, aboutLanguage(language).direction, "/"],
    );
    const [handler] = manifest.protocol_handlers;
    assert.equal(handler?.protocol, callScheme);
    const opened = new URL(
      handler.url.replace("%s", encodeURIComponent(`${callScheme}:bob`)),
      "https://calls.example.org",
    );
    assert.deepEqual(peopleOfCallPath(opened.pathname), ["bob"]);
    for (const { name, url } of manifest.shortcuts) {
      assert.equal(name, texts().settings.title);
      assert.equal(placeOf(new URL(url, "https://calls.example.org").hash).view, "settings");
    }
    for (const { sizes, src } of manifest.icons) {
      const icon = readFileSync(join(folder, src));
      if (src.endsWith(".svg")) assert.equal(sizes, "any");
      // Width and height of a PNG stand in its first part.
      else assert.equal(`${icon.readUInt32BE(16)}x${icon.readUInt32BE(20)}`, sizes, src);
    }
    assert.deepEqual(
      new Set(manifest.icons.map(({ purpose }) => purpose)),
      new Set(["any", "maskable", "monochrome"]),
    );
  }
  takeLanguageFrom(() => "en");
});

const pressed = (key: string, change: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  defaultPrevented: false,
  ...change,
});

test("a shortcut is its key alone, and a letter does nothing for who does not want that", () => {
  assert.equal(isShortcut("mute", pressed("m"), true), true);
  assert.equal(isShortcut("mute", pressed("M"), true), true);
  assert.equal(isShortcut("mute", pressed("m"), false), false);
  assert.equal(isShortcut("back", pressed("Escape"), false), true);
  assert.equal(isShortcut("mute", pressed("n"), true), false);
  for (const held of ["ctrlKey", "metaKey", "altKey", "repeat", "defaultPrevented"] as const)
    assert.equal(isShortcut("mute", pressed("m", { [held]: true }), true), false, held);
});

test("every shortcut in the list does something, and no key two things at one place", () => {
  const sources = globSync("**/*.tsx", { cwd: join(import.meta.dirname, "../../src") }).map((path) =>
    readFileSync(join(import.meta.dirname, "../../src", path), "utf8"),
  );
  // Held and let go: a handler of its own (lib/talk-key.ts), with tests of its own.
  const { talk: _talk, ...pressedOnce } = shortcuts;
  for (const name of Object.keys(pressedOnce))
    assert.equal(sources.filter((text) => text.includes(`useShortcut("${name}"`)).length, 1, name);
  const all: readonly (readonly [string, Shortcut])[] = Object.entries(shortcuts) as [
    ShortcutName,
    Shortcut,
  ][];
  for (const [name, { key, where }] of all)
    for (const [other, { key: otherKey, where: otherWhere }] of all)
      if (name !== other && key === otherKey)
        assert.ok(where !== otherWhere && where !== "everywhere", `${name} and ${other}`);
});

test("a time of a day is read as it is written, and what is none is not", () => {
  for (const minute of [0, 59, 60, 375, 1_439]) assert.equal(minuteOfTime(timeOfMinute(minute)), minute);
  assert.deepEqual([0, 375, 1_439].map(timeOfMinute), ["00:00", "06:15", "23:59"]);
  for (const none of ["", "24:00", "7:30", "12:60", "noon"])
    assert.equal(minuteOfTime(none), undefined, none);
});
