import { BEEP_HZ } from "../fixtures/beeps.ts";
import { expect, NOTHING, test } from "../tabs/tabs.ts";
import { kept } from "./reload.ts";

test("the tab with the call is loaded anew: the call goes on in another, and the first shows it", async ({
  tabs,
  lab,
  farEnd,
}) => {
  const first = await tabs.open();
  const second = await tabs.open();
  await first.dials("+12025550107");
  await expect(first.inCall).toContainText("Sound connected");
  await expect(second.inCall).toBeVisible();
  const call = { id: (await lab.call()).call_id };

  await first.page.reload({ waitUntil: "commit" });

  await expect(second.elsewhere).toHaveCount(0);
  await expect(second.inCall).toContainText("Sound connected");
  await expect(first.elsewhere).toContainText("The sound of this call is in another tab");
  await expect(first.inCall).toContainText("+1 202 555 0107");
  expect(await first.holds()).toEqual(NOTHING);
  expect(await kept(first.page)).toBeNull();
  await farEnd.knows(call, { state: "answered" });
  await farEnd.hears(call, BEEP_HZ);
  expect((await lab.calls()).length).toBe(1);
});

test("a tab that is duplicated during two calls leaves both alone", async ({ tabs, lab, farEnd }) => {
  await lab.switches({ sdk_leg_commands: "accepted" });
  const owner = await tabs.open();
  await owner.dials("+12025550107");
  await expect(owner.inCall).toContainText("Sound connected");
  const held = { id: (await lab.call()).call_id };
  await owner.page.getByRole("button", { name: "Add call" }).click();
  await owner.dials("+12025550101");
  await expect(owner.inCall).toContainText("+1 202 555 0101");
  await expect(owner.inCall).toContainText("Sound connected");
  const talk = { id: (await lab.call()).call_id };
  await farEnd.knows(held, { state: "held" });
  expect(await kept(owner.page)).toContain(held.id);

  const opened = owner.page.waitForEvent("popup");
  await owner.page.evaluate(() => void window.open(location.href));
  const copy = tabs.of(await opened);
  await expect(copy.elsewhere).toContainText("The sound of this call is in another tab");
  await expect(copy.inCall).toContainText("+1 202 555 0101");
  await expect(copy.beside).toContainText(["+1 202 555 0107"]);

  expect(await kept(copy.page)).toBeNull();
  expect(await copy.holds()).toEqual(NOTHING);
  await farEnd.knows(held, { state: "held" });
  await farEnd.knows(talk, { state: "answered" });
  await expect(owner.beside).toContainText(["On hold"]);
});
