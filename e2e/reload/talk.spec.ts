import { BEEP_HZ } from "../fixtures/beeps.ts";
import { Ears } from "../fixtures/ears.ts";
import {
  ANSWERED,
  byes,
  COMING_BACK,
  expect,
  HANDED_BACK,
  heard,
  kept,
  modifications,
  reloads,
  screens,
  talked,
  talks,
  test,
  WE_HANG_UP,
} from "./reload.ts";

/** What is said of a call that is put on hold, or taken off it. */
const MODIFIED = ["modify →", "← ok modify"];


test.beforeEach(async ({ phone, lab }) => {
  await talks(phone, lab);
});

test("a page that is loaded anew while one talks comes back into the call, and its timer goes on", async ({
  phone,
  lab,
  farEnd,
  diary,
  server,
}) => {
  const call = { id: (await lab.call()).call_id };
  await expect.poll(() => talked(phone)).toBeGreaterThanOrEqual(2);
  const before = await talked(phone);
  const answered = (await server.rowOf(call)).answered_at;

  await reloads(phone.page);

  await expect(phone.inCall).toContainText("Sound connected");
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.inCall).toContainText("+1 202 555 0107");
  await expect(phone.inCall).not.toContainText(COMING_BACK);
  await farEnd.knows(call, { state: "answered" });
  await farEnd.hears(call, BEEP_HZ);
  const ears = await Ears.toTheFarEnd(phone.page);
  await expect.poll(async () => Math.abs((await ears.pitch()) - 440)).toBeLessThan(20);

  // From the first moment on, with the time it had: nothing was ever counted from zero.
  const lines = await diary.lines();
  expect(screens(lines)).toEqual(["In call"]);
  const shown = lines.filter((line) => line.startsWith("timer"));
  expect(shown.every((line) => seconds(line) >= before)).toBe(true);
  expect(shown).toEqual(shown.toSorted((one, other) => seconds(one) - seconds(other)));
  await farEnd.wrote(...ANSWERED, ...HANDED_BACK);

  // One call, answered once, which ends as ever.
  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended" });
  await farEnd.wrote(...ANSWERED, ...HANDED_BACK, ...WE_HANG_UP);
  await heard(phone, 0);
  await expect.poll(() => kept(phone.page)).toBeNull();
  const row = await server.rowOf(call);
  expect([row.answered_at, row.outcome]).toEqual([answered, "answered"]);
});

test("muted before, muted after: not one packet with a sound in it arrives in between", async ({
  phone,
  lab,
  farEnd,
}) => {
  const call = { id: (await lab.call()).call_id };
  await phone.mute.click();
  await farEnd.hearsNothing(call);

  await reloads(phone.page);

  await expect(phone.inCall).toContainText("Sound connected");
  await expect(phone.mute).toHaveAttribute("aria-pressed", "true");
  await farEnd.hearsNothing(call);
  await phone.mute.click();
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.wrote(...ANSWERED, ...HANDED_BACK);
});

test("a call on hold comes back on hold", async ({ phone, lab, farEnd }) => {
  const call = { id: (await lab.call()).call_id };
  const hold = phone.page.getByRole("button", { name: "Hold" });
  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("On hold");

  await reloads(phone.page);

  await expect(phone.line("Ready")).toBeVisible();
  await expect(phone.inCall).not.toContainText(COMING_BACK);
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await farEnd.knows(call, { state: "held" });
  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.knows(call, { state: "answered" });
  await farEnd.hears(call, BEEP_HZ);
  expect(await modifications(lab)).toEqual(["hold", "unhold"]);
  await farEnd.wrote(...ANSWERED, ...MODIFIED, ...HANDED_BACK, ...MODIFIED);
});

test("loaded anew twice in a row, on hold and muted, the call is what it was", async ({ phone, lab, farEnd }) => {
  const call = { id: (await lab.call()).call_id };
  await phone.mute.click();
  const hold = phone.page.getByRole("button", { name: "Hold" });
  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("On hold");

  await reloads(phone.page);
  await expect(phone.inCall).toBeVisible();
  await reloads(phone.page);

  await expect(phone.line("Ready")).toBeVisible();
  await expect(phone.inCall).not.toContainText(COMING_BACK);
  await expect(phone.says(phone.inCall)).toHaveText("On hold");
  await farEnd.knows(call, { state: "held" });
  await hold.click();
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await expect(phone.mute).toHaveAttribute("aria-pressed", "true");
  await farEnd.hearsNothing(call);
  await farEnd.knows(call, { state: "answered" });
  // The first of the two new pages may have gone before it took the call, and each may say hold again.
  const asked = await modifications(lab);
  expect([asked.at(0), asked.at(-1)]).toEqual(["hold", "unhold"]);
  expect(asked.filter((action) => action === "unhold")).toHaveLength(1);
  expect(await byes(lab)).toEqual([]);
});

test("hung up before it is back, it does not come back, and nothing is left open", async ({ phone, lab, farEnd }) => {
  const call = { id: (await lab.call()).call_id };
  await lab.dropsSockets(60);
  await reloads(phone.page);
  await expect(phone.inCall).toContainText(COMING_BACK);

  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await lab.waits(60);

  await farEnd.knows(call, { state: "ended" });
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await expect(phone.ended).not.toContainText("the line may stay open", { timeout: 20_000 });
  await heard(phone, 0);
  // The call that was handed back was hung up, and never attached.
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
  await farEnd.neverWrote("attach →", "← bye");
  expect(await byes(lab)).toContain("bye →");
});

function seconds(line: string): number {
  const [minutes, rest] = line.replace("timer ", "").split(":").map(Number);
  return (minutes ?? 0) * 60 + (rest ?? 0);
}
