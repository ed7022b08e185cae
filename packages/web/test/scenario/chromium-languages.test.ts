/** The page in each language: every sentence in its place, a first call by names, and another language in the middle of a call. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { languages } from "@signet/words";

import { asked, button, settle, titled } from "../support/asked.ts";
import { scenes } from "../support/harness/scenes.ts";
import type { SceneName } from "../support/harness/scenes.ts";
import { rememberedProfile } from "../support/profile.ts";
import { ill } from "../support/text-places.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPages } from "../support/view-page.ts";

const everyScene = Object.keys(scenes) as SceneName[];

describe("languages", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  const inChinese = (widthPx = 1280) =>
    pages.open({ widthPx, stored: { ...rememberedProfile(Date.now()), language: "zh-Hans" } });

  for (const language of languages)
    test(`${language}: every text of every scene fits its place on a telephone`, async () => {
      const view = await pages.open({
        widthPx: 390,
        stored: { ...rememberedProfile(Date.now()), language },
      });
      const findings: string[] = [];
      for (const name of everyScene) {
        await view.show(name);
        findings.push(...(await view.page.evaluate(ill, language)).map((one) => `${name}: ${one}`));
      }
      assert.deepEqual(findings, []);
      assert.deepEqual(view.problems, []);
      await view.close();
    });

  test("a text that is cut, does not fit, or is in another language is found", async () => {
    const view = await inChinese(390);
    assert.deepEqual(await view.page.evaluate(ill, "zh-Hans"), []);
    const plant = (style: string, text: string) =>
      view.page.evaluate(
        ([css, words]) => {
          const box = document.createElement("p");
          for (const rule of css!.split(";")) {
            const [name = "", value = ""] = rule.split(":");
            box.style.setProperty(name.trim(), value.trim());
          }
          box.textContent = words!;
          box.id = "planted";
          document.querySelector("main")!.append(box);
        },
        [style, text],
      );
    for (const [style, text] of [
      ["width: 60px; overflow: hidden; white-space: nowrap", "这一句话放不下去"],
      ["width: 60px; height: 20px; overflow: hidden", "这一句话放不下去"],
      ["white-space: nowrap", "这一句话放不下去".repeat(8)],
      ["width: 300px", "nobody answered here"],
    ] as const) {
      await plant(style, text);
      const found = await view.page.evaluate(ill, "zh-Hans");
      assert.ok(
        found.some((one) => one.endsWith(`: ${text}`)),
        style,
      );
      await view.page.evaluate(() => document.getElementById("planted")!.remove());
    }
    await view.close();
  });

  test("in Chinese a first call is made, answered, muted and left by names, and axe finds nothing", async () => {
    const view = await inChinese(390);
    const { page } = view;
    await view.show("home");
    await page.getByLabel("要呼叫的用户 ID").fill("bob");
    await page.getByText("将呼叫 Bob Builder。").waitFor();
    await button(view, "呼叫").click();
    const touch = page.getByRole("dialog", { name: "请触碰您的设备" });
    await touch.getByText("它的签名告诉 1 个人这是您。").waitFor();
    assert.deepEqual(await view.axe(), []);
    await settle(view);
    await view.show("incoming");
    const dialog = page.getByRole("dialog", { name: /来电/ });
    await dialog.getByText(/还会响铃 \d+ 秒。/).waitFor();
    await page.waitForFunction(() => document.title.endsWith("来电 - Signet"));
    assert.deepEqual(await view.axe(), []);
    await button(view, "接听").click();
    await settle(view);
    await view.show("active");
    await page.getByText("端到端加密").waitFor();
    await titled(view, "通话中 - Signet");
    await button(view, "麦克风静音").click();
    await button(view, "通话详情").click();
    assert.deepEqual(await view.axe(), []);
    await button(view, "离开通话").click();
    assert.deepEqual(
      (await asked(view)).flatMap((one) => (Array.isArray(one) ? [one[0]] : [])),
      ["call", "answer", "leave"],
    );
    await view.close();
  });

  test("another language is chosen in a call, counts at once without a reload, and is kept", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()) });
    const { page } = view;
    await view.show("active");
    await button(view, "Call details").click();
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    await page.getByLabel("Language (语言)").selectOption({ label: "简体中文" });
    await button(view, "离开通话").waitFor();
    await page.getByRole("heading", { name: "安全码" }).waitFor();
    assert.equal(await button(view, "Leave call").count(), 0);
    await titled(view, "通话中 - Signet");
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hans");
    assert.equal(await page.evaluate(() => "sameDocument" in globalThis), true);
    assert.equal(await page.evaluate(() => localStorage.getItem("signet.ui.language")), '"zh-Hans"');
    await page.reload();
    await page.getByRole("heading", { name: "欢迎回来" }).waitFor();
    await page.getByLabel("语言（Language）").selectOption({ label: "与浏览器一致：English" });
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await view.close();
  });

  test("names that are written from right to left, and Chinese ones, stand as names in either language", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()) });
    for (const name of ["דנה 3", "王小明"]) {
      await view.show("incoming");
      await view.page.evaluate((displayName) => {
        const { state } = harness.terminal;
        const ringing = state.ringing.map((one) => ({ ...one, from: { ...one.from, displayName } }));
        harness.terminal.set({ ...state, ringing });
      }, name);
      await view.page.locator(".caller-name bdi", { hasText: name }).waitFor();
    }
    await titled(view, "王小明 calls - Signet");
    await view.close();
  });

  /** Every view in which a guest can stand, and what has to be opened there. */
  const guestViews: readonly (readonly [scene: SceneName, open?: string])[] = [
    ["withGuests"],
    ["withGuests", "details"],
    ["guestAtDoor"],
    ["incomingWithGuest"],
    ["joinableWithGuest"],
    ["summaryWithGuest"],
    ["historyWithGuest"],
  ];

  for (const language of languages)
    test(`${language}: a guest is shown as verified in no view, whatever they call themselves`, async () => {
      const stored = { ...rememberedProfile(Date.now()), language };
      const view = await pages.open({ stored });
      const start = language === "en" ? "guest \u201c" : "访客\u201c";
      const mark = language === "en" ? /not verified, invited by/i : /未验证，由/;
      const text = language === "en" ? "Call details" : "通话详情";
      let seen = 0;
      for (const name of [
        "Zoe",
        "Zoe verified",
        "Zoe ✓ verified",
        "Zoe” (verified, security key) “",
        "Zoe\u202Ezoe",
        `Zoe${"o".repeat(120)}`,
        "bob",
        "Bob Builder",
      ]) {
        for (const [scene, open] of guestViews) {
          await view.show(scene);
          await view.page.evaluate((called) => {
            const renamed = (value: unknown): unknown => {
              if (Array.isArray(value)) return value.map(renamed);
              if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
              const fields = Object.entries(value).map(([key, one]): [string, unknown] => [
                key,
                key === "guest" && one !== undefined ? { ...(one as object), name: called } : renamed(one),
              ]);
              return Object.fromEntries(fields);
            };
            harness.renameGuests(called);
            harness.terminal.set(renamed(harness.terminal.state) as typeof harness.terminal.state);
          }, name);
          await view.settled();
          if (open === "details") await button(view, text).click();
          const found = await view.page.evaluate(
            ([called, begins]) => {
              const wrong: string[] = [];
              let count = 0;
              const look = (said: string, where: string) => {
                if (!called.startsWith("Zoe")) return;
                for (let at = said.indexOf("Zoe"); at >= 0; at = said.indexOf("Zoe", at + 3)) {
                  count += 1;
                  if (!said.slice(0, at).replaceAll("\u2068", "").endsWith(begins))
                    wrong.push(`${where}: ${said}`);
                  break;
                }
              };
              look(document.title, "title");
              const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              for (let node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
                const said = node.textContent ?? "";
                look(said, "text");
                if (said.includes("Zoe") && node.parentElement?.closest(".badge") !== null)
                  wrong.push(`badge: ${said}`);
              }
              for (const element of document.querySelectorAll("[aria-label], [title]"))
                for (const attribute of ["aria-label", "title"])
                  look(element.getAttribute(attribute) ?? "", attribute);
              const tiles = [...document.querySelectorAll(".participant.guest")];
              for (const tile of tiles)
                if (tile.querySelector(".badge, .user-id") !== null) wrong.push(`tile: ${tile.textContent}`);
              const marks = [...document.querySelectorAll(".guest-mark")].map((one) => one.textContent ?? "");
              return { wrong, count, tiles: tiles.length, marks };
            },
            [name, start] as const,
          );
          assert.deepEqual(found.wrong, [], `${scene} ${name}`);
          assert.ok(found.marks.length >= found.tiles);
          for (const one of found.marks) assert.match(one, mark);
          if (scene.startsWith("withGuests")) assert.equal(found.tiles, 2);
          seen += found.count;
        }
      }
      assert.ok(seen > 60, `names were looked at ${seen} times`);
      await view.close();
    });
});
