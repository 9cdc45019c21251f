import {
  ANSWERED,
  byes,
  COMING_BACK,
  DID_NOT_COME_BACK,
  expect,
  HANDED_BACK,
  heard,
  kept,
  modifications,
  RANG,
  reloads,
  rings,
  SIGN_IN,
  signIns,
  talks,
  test,
  WE_HANG_UP,
  withoutToken,
} from "./reload.ts";


test("a page that is loaded anew while it rings there ends the call, says so, and can call again", async ({
  phone,
  lab,
  farEnd,
  server,
  microphone,
}) => {
  const call = await rings(phone, lab);

  await reloads(phone.page);

  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK);
  await expect(phone.ended).toContainText("+1 202 555 0108");
  await farEnd.knows(call, { state: "ended", hangup_cause: "originator_cancel" });
  // Said by the page that went, which was the last that had a word for it.
  await farEnd.wrote(...RANG, ...WE_HANG_UP);
  expect(await microphone.open()).toBe(0);
  await expect.poll(async () => (await server.rowOf(call)).status).toBe("ended");
  await expect.poll(() => kept(phone.page)).toBeNull();
  await expect(phone.line("Ready")).toBeVisible();

  await phone.ended.getByRole("button", { name: "Call again" }).click();
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  const again = { id: (await lab.call()).call_id };
  expect(again.id).not.toBe(call.id);
  await farEnd.knows(again, { state: "ringing" });
  await farEnd.wrote(...RANG, ...WE_HANG_UP, ...RANG);
});

test("a page that is loaded anew before anything rings ends the same way", async ({ phone, lab, farEnd }) => {
  await phone.dials("+12025550112");
  await farEnd.wrote("invite →", "← ok invite");
  const call = { id: (await lab.call()).call_id };

  await reloads(phone.page);

  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK);
  await farEnd.knows(call, { state: "ended", hangup_cause: "originator_cancel" });
  await farEnd.wrote("invite →", "← ok invite", ...WE_HANG_UP);
});

test("a page that is loaded anew while a call rings here says so until it is known whether it rings again", async ({
  phone,
  lab,
  farEnd,
}) => {
  const call = { id: (await lab.callsAgent("+12025550101")).call_id };
  await expect(phone.incoming).toContainText("+1 202 555 0101");
  // Without a line there is nobody who could know.
  const signsIn = await withoutToken(phone.page);

  await reloads(phone.page);

  await expect(phone.incoming).toContainText(COMING_BACK);
  signsIn();
  // The lab lets go of what rang in a browser that came back.
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK, { timeout: 20_000 });
  await expect(phone.incoming).toHaveCount(0);
  // Nothing was handed back, and nothing was left to hang up.
  await farEnd.wrote("← invite", "ok invite →");
  await expect(phone.line("Ready")).toBeVisible();
  expect(await signIns(lab)).toEqual([...SIGN_IN, ...SIGN_IN]);
});

test("of two calls the one that is talked on comes back; the other is named, and ended", async ({
  phone,
  lab,
  farEnd,
}) => {
  const held = await talks(phone, lab);
  await phone.page.getByRole("button", { name: "Add call" }).click();
  await phone.dials("+12025550101");
  await expect(phone.inCall).toContainText("+1 202 555 0101");
  await expect(phone.inCall).toContainText("Sound connected");
  const talk = { id: (await lab.call()).call_id };
  await farEnd.knows(held, { state: "held" });

  await reloads(phone.page);

  await expect(phone.inCall).toContainText("Sound connected");
  await expect(phone.inCall).toContainText("+1 202 555 0101");
  await expect(phone.beside).toContainText(["+1 202 555 0107"]);
  await expect(phone.beside).toContainText([DID_NOT_COME_BACK]);
  await farEnd.knows(held, { state: "ended" });
  await farEnd.knows(talk, { state: "answered" });
  await heard(phone, 1);
  expect(await byes(lab)).toEqual(["bye →"]);
  expect(await modifications(lab)).toEqual(["hold"]);
});

test("a gateway that has forgotten the call: the screen says so at once", async ({
  phone,
  lab,
  farEnd,
  microphone,
}) => {
  const call = await talks(phone, lab);
  await lab.dropsSockets(95);
  await reloads(phone.page);
  await expect(phone.inCall).toContainText(COMING_BACK);

  // By its clock the browser has stayed away for longer than it keeps a call.
  await lab.waits(95);

  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK, { timeout: 30_000 });
  await expect(phone.ended.getByRole("button", { name: "Call again" })).toBeVisible();
  await heard(phone, 0);
  expect(await microphone.open()).toBe(0);
  await farEnd.knows(call, { state: "ended" });
  // The new page signs in, is handed nothing, and says nothing of it.
  await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
  expect(await signIns(lab)).toEqual([...SIGN_IN, ...SIGN_IN]);
  await farEnd.wrote(...ANSWERED);
});

test("a call that Telnyx ends before the page that comes back has a line did not come back", async ({
  closedPhone: phone,
  lab,
  farEnd,
}) => {
  await phone.page.clock.install();
  await phone.opens();
  const call = await talks(phone, lab);
  await lab.dropsSockets();
  const signsIn = await withoutToken(phone.page);
  await reloads(phone.page);
  await expect(phone.inCall).toContainText(COMING_BACK);
  // Telnyx's word is waited on for a second, which the token comes in.
  await phone.page.clock.pauseAt(Date.now() + 1_000);
  await lab.waits(95);
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.inCall).toContainText("Hanging up here");

  const token = phone.page.waitForResponse("**/api/token");
  signsIn();
  await token;
  await phone.page.clock.resume();

  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK, { timeout: 20_000 });
  await expect(phone.line("Ready")).toBeVisible();
  await farEnd.wrote(...ANSWERED);
});

test("a page that comes back after the SDK's window says that the call is over", async ({
  closedPhone: phone,
  lab,
  farEnd,
  server,
}) => {
  await phone.page.clock.install();
  await phone.opens();
  const call = await talks(phone, lab);
  await phone.page.clock.fastForward(5_000);
  await expect(phone.talkTime).toHaveText(/0:0[5-9]/);
  await phone.page.goto("about:blank");
  await phone.page.clock.fastForward(120_000);

  await phone.page.goBack({ waitUntil: "commit" });

  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK);
  // As long as somebody was there to talk.
  await expect(phone.ended).toContainText(/Talked for 0:0[5-9]/);
  await expect.poll(async () => (await server.rowOf(call)).status).toBe("ended");
  // The gateway offers it for as long as it keeps a call. The SDK lets it lie, or the page hangs it up; nobody takes it.
  await expect(phone.line("Ready")).toBeVisible();
  await farEnd.wroteSoFar(...ANSWERED, "← attach");
  await farEnd.neverWrote("attach →", "← bye");
  await lab.waits(91);
  await farEnd.knows(call, { state: "ended" });
  await heard(phone, 0);
});

test("while our server is down the call is shown and waited for, and comes back with it", async ({
  phone,
  lab,
  farEnd,
  context,
}) => {
  const call = await talks(phone, lab);
  await context.route("**/api/**", (route) => route.abort());

  await reloads(phone.page);

  await expect(phone.inCall).toContainText(COMING_BACK);
  await expect(phone.inCall).toContainText("The Tono server does not answer");
  await expect(phone.talkTime).toBeVisible();
  await context.unroute("**/api/**");

  await expect(phone.inCall).toContainText("Sound connected", { timeout: 40_000 });
  await expect(phone.inCall).not.toContainText("The Tono server does not answer");
  await farEnd.knows(call, { state: "answered" });
  await farEnd.wrote(...ANSWERED, ...HANDED_BACK);
});
