import { expect, NOTHING, type Tab, test } from "./tabs.ts";

test("eight tabs: one line, one stream, one ring, and each can be used", async ({ tabs, lab, farEnd }) => {
  // Eight pages at once on a busy machine.
  test.slow();
  const all: Tab[] = [];
  for (let count = 0; count < 8; count += 1) all.push(await tabs.open());
  const [owner, ...mirrors] = all as [Tab, ...Tab[]];

  const call = { id: (await lab.callsAgent("+12025550107")).call_id };
  for (const tab of all) await expect(tab.incoming).toContainText("+1 202 555 0107");
  expect(await owner.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1, tones: 1 });
  for (const tab of mirrors) expect(await tab.holds()).toEqual(NOTHING);

  const [first, second, third, fourth, fifth, sixth, seventh] = mirrors as [Tab, Tab, Tab, Tab, Tab, Tab, Tab];
  await first.answers();
  for (const tab of all) await expect(tab.inCall).toContainText("Sound connected");
  await second.mute.click();
  await farEnd.hearsNothing(call);
  await third.mute.click();
  await expect(second.mute).toHaveAttribute("aria-pressed", "false");
  await fourth.hold.click();
  await farEnd.knows(call, { state: "held" });
  await fifth.hold.click();
  await farEnd.knows(call, { state: "answered" });
  await sixth.page.keyboard.press("7");
  await farEnd.knows(call, { dtmf: "7" });
  await seventh.hangsUp();
  await farEnd.knows(call, { state: "ended" });

  // The row of history reaches all of them by the one stream.
  for (const tab of all) {
    await expect(tab.says(tab.ended)).toContainText("you hung up");
    await tab.opensCalls();
    await expect(tab.newestRow).toContainText("+1 202 555 0107");
  }
  expect(await owner.holds()).toEqual({ ...NOTHING, sockets: 1, streams: 1 });
  for (const tab of mirrors) expect(await tab.holds()).toEqual(NOTHING);
  expect(await tabs.logins()).toBe(1);
});
