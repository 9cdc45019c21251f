import { BEEP_HZ } from "../fixtures/beeps.ts";
import { AGENT_PASSWORD } from "../fixtures/stack.ts";
import { housekeeping } from "../fixtures/transcript.ts";
import { expect, screens, talks, test } from "./faults.ts";

const HALF_A_MINUTE = 30_000;

test("a gateway that fails in a call costs the socket only: the call is handed back and goes on", async ({
  phone,
  lab,
  farEnd,
  diary,
}) => {
  const call = await talks(phone, lab);

  await lab.gatewayTurns("FAILED");

  await expect(phone.line("Reconnecting to Telnyx")).toBeVisible();
  await expect(phone.inCall).toContainText("Reconnecting to Telnyx");
  await expect(phone.line("Ready")).toBeVisible({ timeout: HALF_A_MINUTE });
  await expect(phone.inCall).toContainText("Sound connected");
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.knows(call, { state: "answered" });
  await farEnd.neverWrote("bye →", "← bye");
  const lines = await diary.lines();
  expect(screens(lines)).toEqual(["Dialer", "Calling", "In call"]);
  expect(lines.filter((line) => line === "timer 0:00")).toHaveLength(1);
  expect(lines).toContain("← attach");
});

test("a gateway that fails between calls: the SDK signs in once more, and calls ring here", async ({
  closedPhone: phone,
  lab,
}) => {
  await phone.page.clock.install();
  await phone.opens();

  await lab.gatewayTurns("FAIL_WAIT");
  await expect(phone.line("Reconnecting to Telnyx")).toBeVisible();
  await phone.page.clock.fastForward(HALF_A_MINUTE);
  await expect(phone.line("Ready")).toBeVisible();
  await phone.page.clock.fastForward(HALF_A_MINUTE);

  expect(housekeeping(await lab.wire()).filter((line) => line === "login →")).toHaveLength(2);
  await lab.callsAgent("+12025550107");
  await expect(phone.incoming).toBeVisible();
});

for (const state of ["FAILED", "NOREG"]) {
  test(`whoever signs out while the SDK waits to ask again (${state}) is not signed in by that`, async ({
    closedPhone: phone,
    lab,
  }) => {
    let sockets = 0;
    phone.page.on("websocket", () => {
      sockets += 1;
    });
    await phone.page.clock.install();
    // In demo mode there is no button to sign out.
    await phone.page.route("**/api/session", async (route) => {
      const method = route.request().method();
      if (method === "GET") return route.fulfill({ json: { demo: false, agent: null } });
      const answer = await route.fetch();
      if (method === "DELETE") return route.fulfill({ response: answer });
      return route.fulfill({ response: answer, json: { ...((await answer.json()) as object), demo: false } });
    });
    await phone.page.goto("/");
    await phone.page.getByRole("textbox", { name: "Name" }).fill("agent");
    await phone.page.getByLabel("Password").fill(AGENT_PASSWORD);
    await phone.page.getByRole("button", { name: "Sign in" }).click();
    await expect(phone.line("Ready")).toBeVisible();
    const user = await lab.lastUser();
    await lab.gatewayTurns(state, { states: [state] });
    await expect(phone.line("Ready")).toHaveCount(0);

    await phone.page.getByRole("button", { name: "Sign out" }).click();
    await expect.poll(() => lab.isSignedIn(user)).toBe(false);
    const before = sockets;
    await phone.page.clock.fastForward(HALF_A_MINUTE);

    // Had a socket been opened, its first word would have been heard before this answer.
    await phone.page.evaluate(() => fetch("/api/session").then((answer) => answer.text()));
    expect(sockets).toBe(before);
    expect(await lab.isSignedIn(user)).toBe(false);
  });
}

test("a punt that names the call that goes on costs the socket only", async ({ phone, lab, farEnd, diary }) => {
  const call = await talks(phone, lab);

  await lab.punts(call, "current");

  await expect.poll(async () => (await diary.lines()).includes("← attach"), { timeout: HALF_A_MINUTE }).toBe(true);
  await expect(phone.line("Ready")).toBeVisible();
  await expect(phone.inCall).toContainText("Sound connected");
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.knows(call, { state: "answered" });
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call"]);
});

test("a line that Telnyx refuses in the middle of a call is opened anew after the call, not under it", async ({
  closedPhone: phone,
  lab,
  farEnd,
  diary,
}) => {
  await phone.page.clock.install();
  await phone.opens();
  const call = await talks(phone, lab);

  // Five times not registered: the SDK gives the line up (46001), and still has the call.
  await lab.gatewayTurns("NOREG", { states: ["NOREG", "NOREG", "NOREG", "NOREG", "NOREG"] });
  const refused = phone.line("Telnyx refused");
  await expect(async () => {
    await phone.page.clock.fastForward(6_000);
    await expect(refused).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: HALF_A_MINUTE });

  for (const _minute of [1, 2, 3, 4]) await phone.page.clock.fastForward(HALF_A_MINUTE);
  await expect(phone.says(phone.inCall)).toHaveText("In call");
  await farEnd.hears(call, BEEP_HZ);
  await farEnd.knows(call, { state: "answered" });

  await phone.hangsUp();
  await expect(phone.says(phone.ended)).toContainText("you hung up");
  await farEnd.knows(call, { state: "ended", hangup_source: "caller" });
  await expect(async () => {
    await phone.page.clock.fastForward(10_000);
    await expect(phone.line("Ready")).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: HALF_A_MINUTE });
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
});
