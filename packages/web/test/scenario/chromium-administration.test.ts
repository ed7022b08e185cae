/** Administrators on the page, and whoever lost all devices. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { asked, button, checked, focused, settle } from "../support/asked.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPages } from "../support/view-page.ts";

describe("administrators", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  test("an administrator recovers by a code that they heard, and nothing is signed before they say so", async () => {
    const view = await pages.open({ widthPx: 390, scheme: "dark" });
    await view.show("home");
    assert.equal(await button(view, "Administration").count(), 0, "for administrators");
    await view.show("administration");
    await button(view, "Administration").press("Enter");
    await view.page.getByText("People on this server (8)").waitFor();
    await focused(view.page.getByRole("heading", { level: 1 }));
    await checked(view);
    assert.equal(await view.page.getByText("0234 5678").count(), 0, "a code is heard, and not read here");
    const ben = view.page.getByRole("listitem").filter({ hasText: "1 device, and 1 revoked" });
    await ben.getByText("1 device, and 1 revoked").click();
    await ben
      .getByText(/brought in on .* by the administrator ada, when the former ones were lost/)
      .waitFor();
    await view.page.getByText(/Appointed on .* by the administrator alice/).waitFor();
    const eve = view.page.getByRole("listitem").filter({ hasText: "nothing is signed for them" });
    assert.equal(await eve.getByRole("button").count(), 0);
    await button(view, "Enter the code of dora").press("Enter");
    const recover = button(view, "Recover");
    await recover.click();
    await view.page.getByRole("alert").getByText("twenty digits").waitFor();
    await view.page.getByRole("textbox", { name: "Code" }).fill("0234567890 1234567890");
    await recover.click();
    await view.page.getByRole("alert").getByText("gave you the code themselves").waitFor();
    await checked(view);
    assert.deepEqual(await asked(view), []);
    await view.page.getByRole("checkbox", { name: /^I have the code from dora in person/ }).press("Space");
    await view.page.getByRole("textbox", { name: "Code" }).press("Enter");
    await view.page.getByText("It signs that the new device is theirs.").waitFor();
    await settle(view, "admin.code");
    await view.page.getByRole("alert").getByText("nobody asks to be recovered", { exact: false }).waitFor();
    await button(view, "Close message").click();
    assert.deepEqual(await asked(view), [["administration.recover", "dora", "0234567890 1234567890"]]);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("an administrator revokes, appoints, dismisses and makes a code, each after a question", async () => {
    const view = await pages.open({ widthPx: 390 });
    await view.show("administration");
    await button(view, "Administration").click();
    await view.page.getByRole("textbox", { name: "Find" }).fill("DORA");
    assert.equal(await button(view, "Appoint frank as an administrator").count(), 0);
    await view.page.getByText("1 device").click();
    await button(view, "Revoke Door bot of dora").click();
    await view.page.getByText("whom nobody reaches until they are recovered").waitFor();
    await checked(view);
    await view.page.getByRole("combobox", { name: "Why" }).selectOption("stolen");
    await button(view, "Revoke").click();
    await settle(view);
    await view.page.getByText("Door bot of dora is revoked.").waitFor({ state: "attached" });
    await button(view, "Appoint dora as an administrator").click();
    await focused(button(view, "Do not appoint"));
    await checked(view);
    await button(view, "Appoint").click();
    await settle(view);
    await view.page.getByRole("textbox", { name: "Find" }).fill("nobody");
    await view.page.getByText("Nobody is called so.").waitFor();
    await view.page.getByRole("textbox", { name: "Find" }).fill("carla");
    await button(view, "Dismiss carla as an administrator").click();
    await button(view, "Dismiss").click();
    await settle(view);
    await button(view, "Make an invite code").click();
    await settle(view);
    await view.page.getByRole("status").getByText("k7d2m-x9q4r-abcde-fghjk").waitFor();
    await button(view, "Back to calls").click();
    await button(view, "Administration").waitFor();
    const act = "administration.act";
    const device = { type: "revokeDevice", deviceId: "n4bQgYhMfWWaL-qgxVrQaw", why: "stolen" };
    assert.deepEqual(await asked(view), [
      [act, "dora", device],
      [act, "dora", { type: "appoint" }],
      [act, "carla", { type: "dismiss" }],
      ["administration.inviteCode"],
    ]);
    await view.show("nobodyAdministered");
    await button(view, "Administration").click();
    await view.page.getByText("Nobody just now.", { exact: false }).waitFor();
    await checked(view);
    await view.close();
  });

  test("who lost all devices reads a code to an administrator, whose camera may take it instead", async () => {
    const view = await pages.open({ widthPx: 390, scheme: "dark" });
    await button(view, "Ask an administrator").press("Enter");
    await button(view, "Go on").click();
    await view.page.getByRole("alert").getByText("Enter the user ID that you want back.").waitFor();
    await view.page.getByRole("textbox", { name: "Your user ID" }).fill("Ben");
    await button(view, "Go on").click();
    await view.page.getByRole("alert").getByText("Give it a name").waitFor();
    await checked(view);
    const name = view.page.getByRole("textbox", { name: "Name of the new device" });
    await name.fill(" Blue key ");
    await name.press("Enter");
    await view.page.getByText("1234 5678 9012 3456 7890").waitFor();
    await view.page.getByRole("img", { name: /^QR code/ }).waitFor();
    await checked(view);
    await settle(view);
    await view.page.getByRole("dialog", { name: "This device is one of ben now" }).waitFor();
    assert.deepEqual(await asked(view), [["administration.askRecovery", "ben", "Blue key"]]);
    // As the camera of the administrator opens it, before and after they sign in.
    await view.page.evaluate(() => {
      location.hash = "#recover=12345678901234567890.ben";
      location.reload();
    });
    await view.page.getByText("You opened a link to recover").waitFor();
    assert.equal(await view.page.evaluate(() => location.hash), "");
    await view.show("administration");
    assert.equal(
      await view.page.getByRole("textbox", { name: "Code" }).inputValue(),
      "1234 5678 9012 3456 7890",
    );
    await button(view, "Recover").click();
    await view.page.getByRole("alert").getByText("gave you the code themselves").waitFor();
    assert.deepEqual(await asked(view), []);
    await view.page.keyboard.press("Escape");
    await view.page.getByRole("dialog").waitFor({ state: "detached" });
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("an administrator whom the server names anew is accepted by who asked, and by nobody in passing", async () => {
    const view = await pages.open({ widthPx: 390 });
    await view.show("newAdministrator");
    await button(view, "I know that mallory administers this server").click();
    await checked(view);
    // The devices that come to count, with who brought them in; not the one that registered, and counts no more.
    await view.page.getByText("q83vEjRWeJCrze8SNFZ4kA").waitFor();
    await view.page.getByText(/brought in on .* ada/).waitFor();
    assert.equal(await view.page.getByText("KioqKioqKioqKioqKioqKg").count(), 0);
    assert.ok(await button(view, "Accept mallory").isDisabled());
    await view.page.getByRole("checkbox", { name: /^I asked who runs this server/ }).check();
    await button(view, "Accept mallory").click();
    await settle(view);
    assert.deepEqual(await asked(view), [
      ["administration.trust", "mallory", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"],
    ]);
    await view.close();
  });
});
