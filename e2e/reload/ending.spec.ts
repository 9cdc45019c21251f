import { COMING_BACK, DID_NOT_COME_BACK, expect, heard, kept, reloads, test } from "./reload.ts";

test("a page that is loaded anew while it rings there ends the call, says so, and can call again", async ({
  phone,
  lab,
  farEnd,
  server,
  microphone,
}) => {
  await phone.dials("+12025550108");
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  const call = { id: (await lab.call()).call_id };

  await reloads(phone.page);

  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK);
  await expect(phone.ended).toContainText("+1 202 555 0108");
  await farEnd.knows(call, { state: "ended" });
  expect(await microphone.open()).toBe(0);
  await expect.poll(async () => (await server.newestRow()).status).toBe("ended");
  await expect.poll(() => kept(phone.page)).toBeNull();
  await expect(phone.line("Ready")).toBeVisible();

  await phone.ended.getByRole("button", { name: "Call again" }).click();
  await expect(phone.says(phone.calling)).toHaveText("Ringing");
  expect((await lab.call()).call_id).not.toBe(call.id);
});

test("a page that is loaded anew before anything rings ends the same way", async ({ phone, lab, farEnd }) => {
  await phone.dials("+12025550112");
  await farEnd.wrote("invite →", "← ok invite");
  const call = { id: (await lab.call()).call_id };

  await reloads(phone.page);

  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK);
  await farEnd.knows(call, { state: "ended" });
});

test("a page that is loaded anew while a call rings here says so until it is known whether it rings again", async ({
  phone,
  lab,
  farEnd,
}) => {
  const call = { id: (await lab.callsAgent("+12025550101")).call_id };
  await expect(phone.incoming).toContainText("+1 202 555 0101");
  // Without a token there is no line, and so nobody who could know.
  let signsIn = () => {};
  const looked = new Promise<void>((resolve) => (signsIn = resolve));
  await phone.page.route("**/api/token", async (route) => {
    await looked;
    await route.continue();
  });

  await reloads(phone.page);

  await expect(phone.incoming).toContainText(COMING_BACK);
  signsIn();
  // The lab lets go of what rang in a browser that came back.
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK, { timeout: 20_000 });
  await expect(phone.incoming).toHaveCount(0);
});

test("of two calls the one that is talked on comes back; the other is named, and ended", async ({
  phone,
  lab,
  farEnd,
}) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const held = { id: (await lab.call()).call_id };
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
  const byes = (await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.bye");
  expect(byes.map(({ direction }) => direction)).toEqual(["from_browser"]);
});

test("a gateway that has forgotten the call: the screen says so at once", async ({ phone, lab, microphone }) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  await lab.dropsSockets(95);
  await reloads(phone.page);
  await expect(phone.inCall).toContainText(COMING_BACK);

  // By its clock the browser has stayed away for longer than it keeps a call.
  await lab.waits(95);

  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK, { timeout: 30_000 });
  await expect(phone.ended.getByRole("button", { name: "Call again" })).toBeVisible();
  await heard(phone, 0);
  expect(await microphone.open()).toBe(0);
});

test("a page that comes back after the SDK's window says that the call is over", async ({
  closedPhone: phone,
  lab,
  server,
}) => {
  await phone.page.clock.install();
  await phone.opens();
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  await phone.page.clock.fastForward(5_000);
  await expect(phone.talkTime).toHaveText(/0:0[5-9]/);
  await phone.page.goto("about:blank");
  await phone.page.clock.fastForward(120_000);

  await phone.page.goBack({ waitUntil: "commit" });

  await expect(phone.says(phone.ended)).toContainText(DID_NOT_COME_BACK);
  // As long as somebody was there to talk.
  await expect(phone.ended).toContainText(/Talked for 0:0[5-9]/);
  await expect.poll(async () => (await server.newestRow()).status).toBe("ended");
  await expect.poll(async () => (await lab.call()).state).not.toBe("ringing");
});

test("while our server is down the call is shown and waited for, and comes back with it", async ({
  phone,
  lab,
  farEnd,
  context,
}) => {
  await phone.dials("+12025550107");
  await expect(phone.inCall).toContainText("Sound connected");
  const call = { id: (await lab.call()).call_id };
  await context.route("**/api/**", (route) => route.abort());

  await reloads(phone.page);

  await expect(phone.inCall).toContainText(COMING_BACK);
  await expect(phone.inCall).toContainText("The Tono server does not answer");
  await expect(phone.talkTime).toBeVisible();
  await context.unroute("**/api/**");

  await expect(phone.inCall).toContainText("Sound connected", { timeout: 40_000 });
  await expect(phone.inCall).not.toContainText("The Tono server does not answer");
  await farEnd.knows(call, { state: "answered" });
});
