import { CONTROLLED } from "../fixtures/stack.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ stackName: "controlled", settings: CONTROLLED });

for (const { what, number, says, row, seconds = 0 } of [
  { what: "busy", number: "+12025550102", says: "they are on another call", row: "Busy" },
  { what: "declined", number: "+12025550104", says: "they declined", row: "Declined" },
  { what: "not answered", number: "+12025550103", says: "nobody answered", row: "No answer", seconds: 30 },
  { what: "to nobody's number", number: "+12025550199", says: "that number does not exist", row: "No such number" },
]) {
  test(`a call that is ${what} there says so here, on screen and in the history`, async ({ phone, lab, diary }) => {
    await phone.dials(number);
    if (seconds > 0) {
      await expect.poll(async () => (await lab.legs()).filter(({ state }) => state === "ringing").length).toBe(2);
      await lab.waits(seconds);
    }
    await expect(phone.says(phone.ended)).toContainText(says);

    const lines = await diary.lines();
    expect(lines).not.toContain("screen In call");
    expect(lines.filter((line) => line.startsWith("timer"))).toEqual([]);
    await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended", "ended"]);
    await phone.opensCalls();
    await expect(phone.newestRow).toContainText(row);
    await expect(phone.play).toHaveCount(0);
  });
}

test("the reason comes without the live stream, too", async ({ phone, lab }) => {
  await phone.page.route("**/api/live*", (route) => route.abort());
  await phone.page.reload();
  await phone.line("Ready").waitFor();
  await phone.dials("+12025550102");
  await expect(phone.says(phone.ended)).toContainText("they are on another call");
  expect(await lab.customer()).toMatchObject({ hangup_cause: "user_busy" });
});

test("a dial that Telnyx refuses ends the call and says that it failed", async ({ phone, lab }) => {
  await lab.restFaults([{ method: "POST", path: "/v2/calls", times: 3, fault: { status: 403 } }]);
  await phone.dials("+12025550107");
  await expect(phone.says(phone.ended)).toContainText("the call could not be connected");
  await expect.poll(async () => (await lab.legs()).map(({ state }) => state)).toEqual(["ended"]);
  await phone.opensCalls();
  await expect(phone.newestRow).toContainText("Failed");
});
