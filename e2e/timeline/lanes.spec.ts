import { expect, type Lane, test } from "./timeline.ts";

const EN: Lane[] = ["You", "Browser (SDK)", "Connection", "Sound", "Warnings", "Telnyx", "Server"];

test("the timeline of an answered call has every witness in a lane, on one axis", async ({
  phone,
  lab,
  server,
  timeline,
  lanes,
}) => {
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:01");
  await phone.mute.click();
  await expect(phone.mute).toHaveAttribute("aria-pressed", "true");
  await phone.hangsUp();
  const { id } = await server.newestRow();
  await timeline.has(id, '"call.hangup"', '"sdk_over"');
  await phone.opensCalls();
  await lanes.open();

  await expect.poll(() => lanes.names()).toEqual(EN);
  await expect(lanes.marks("You")).toHaveNames(["dial", "mute", "hang up"]);
  await expect(lanes.marks("Browser (SDK)")).toHaveNames(["new", "telnyx_rtc.ringing", "active", "hangup: normal", "destroy: normal"]);
  await expect(lanes.marks("Connection")).toHaveNames(["connected"]);
  await expect(lanes.marks("Sound")).toHaveNames(["track", "enabled = false"]);
  await expect(lanes.marks("Telnyx")).toHaveNames(["call.initiated", "call.answered", "call.hangup: normal"]);
  await expect(lanes.marks("Server")).toHaveNames(["placed", "granted"]);

  // One axis: whoever says it, the answer is between the ringing and the end.
  const ringing = await lanes.left("Browser (SDK)", "telnyx_rtc.ringing");
  const end = await lanes.left("Browser (SDK)", "hangup: normal");
  for (const left of [await lanes.left("Browser (SDK)", "active"), await lanes.left("Telnyx", "call.answered")]) {
    expect(left).toBeGreaterThan(ringing);
    expect(left).toBeLessThan(end);
  }
  // What Telnyx sent is what stands there.
  expect(await lab.webhookTypes({ id: (await lab.call()).call_id })).toContain("call.answered");
});

test("a mark says what and when, to the mouse, to the keyboard and to a screen reader", async ({ phone, lanes, timeline, server }) => {
  await phone.dials("+12025550102");
  await expect(phone.ended).toBeVisible();
  await timeline.has((await server.newestRow()).id, '"sdk_over"', '"call.hangup"');
  await phone.opensCalls();
  await lanes.open();
  const mark = lanes.mark("Browser (SDK)", "hangup");
  const told = mark.locator("text").last();
  await expect(told).toBeHidden();
  await lanes.points("Browser (SDK)", "hangup");
  await expect(told).toBeVisible();
  await expect(told).toHaveText(/^hangup: busy · \d:\d\d\.\d · \d\d:\d\d:\d\d\.\d{3}$/);
  await phone.page.mouse.move(0, 0);
  await expect(told).toBeHidden();

  await lanes.box("Browser (SDK)").focus();
  await phone.page.keyboard.press("Tab");
  const first = lanes.marks("Browser (SDK)").first();
  await expect(first).toBeFocused();
  await expect(first.locator("text").last()).toBeVisible();
  await expect(first).toHaveAccessibleName(/^new · 0:00/);
});

test("a lane can be left out, and all can be lists", async ({ phone, lanes, timeline, server }) => {
  await phone.dials("+12025550102");
  await expect(phone.ended).toBeVisible();
  await timeline.has((await server.newestRow()).id, '"sdk_over"', '"call.hangup"');
  await phone.opensCalls();
  await lanes.open();
  await expect(lanes.mark("Telnyx", "call.hangup")).toBeVisible();
  await lanes.box("Telnyx").uncheck();
  await expect(lanes.mark("Telnyx", "call.hangup")).toBeHidden();
  await expect(lanes.mark("Browser (SDK)", "hangup")).toBeVisible();
  await lanes.box("Telnyx").check();
  await expect(lanes.mark("Telnyx", "call.hangup")).toBeVisible();

  await lanes.whole.getByRole("checkbox", { name: "As lists" }).check();
  await expect(lanes.mark("Telnyx", "call.hangup")).toBeHidden();
  await expect(lanes.lane("Telnyx").getByRole("list")).toContainText(/\d:\d\d\.\d · \d\d:\d\d:\d\d\.\d{3} → [\d:.]+ call\.hangup: busy/);

  await lanes.button.click();
  await expect(lanes.whole).toHaveCount(0);
});

test("what the SDK reports as an error is there by its code, and by what it means", async ({
  closedPhone: phone,
  lanes,
  server,
  timeline,
}) => {
  await phone.page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  await phone.opens();
  await phone.dials("+12025550107");
  await expect(phone.says(phone.ended)).toContainText("microphone");
  await timeline.has((await server.newestRow()).id, '"sdk_over"');
  await phone.opensCalls();
  await lanes.open();
  await expect(lanes.marks("Warnings")).toHaveNames(["telnyx.error 42001", "telnyx.error: no_microphone"]);
  expect(await lanes.marks("Telnyx").count()).toBe(0);
});

test("the file of the timeline is fetched by a link", async ({ phone, lanes, server }) => {
  await phone.dials("+12025550102");
  await expect(phone.ended).toBeVisible();
  const { id } = await server.newestRow();
  await phone.opensCalls();
  await lanes.open();
  const [file] = await Promise.all([
    phone.page.waitForEvent("download"),
    lanes.whole.getByRole("link", { name: "Export" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(`tono-call-${id}.json`);
});

test("a timeline that cannot be had says so", async ({ phone, lanes }) => {
  await phone.page.route("**/timeline.html*", (route) => route.abort());
  await phone.dials("+12025550102");
  await expect(phone.ended).toBeVisible();
  await phone.opensCalls();
  await lanes.button.click();
  await expect(lanes.whole.getByRole("alert")).toContainText("cannot be shown");
});

test.describe("in Spanish", () => {
  test.use({ locale: "es-ES", timezoneId: "Asia/Kolkata" });

  test("the lanes have Spanish names, and times are the reader's own", async ({ closedPhone: phone, server, timeline }) => {
    await phone.page.goto("/");
    await phone.page.getByRole("banner").getByRole("status").filter({ hasText: "Lista" }).waitFor();
    await phone.page.getByRole("textbox", { name: "Número" }).fill("+12025550102");
    await phone.page.getByRole("button", { name: "Llamar", exact: true }).click();
    await expect(phone.page.getByRole("region", { name: "Llamada terminada" })).toBeVisible();
    const { id } = await server.newestRow();
    await timeline.has(id, '"sdk_over"');
    const row = phone.page.getByRole("list", { name: "Llamadas" }).getByRole("listitem").first();
    await row.getByRole("button", { name: "Cronología" }).click();
    const lanes = row.getByRole("list", { name: "Cronología" });
    await expect(lanes.getByRole("checkbox", { name: "Navegador (SDK)" })).toBeVisible();
    const end = lanes.getByRole("img", { name: /^hangup: busy/ });
    await expect(end).toBeVisible();
    const at = (await timeline.export(id)).row.ended_at ?? 0;
    const minutes = new Date(at).toLocaleTimeString("es-ES", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Kolkata" });
    // Its own second may fall into the next minute.
    expect((await end.getAttribute("aria-label")) ?? "").toMatch(new RegExp(`· (${minutes}|${next(minutes)}):`));
  });
});

/** The minute after `12:59`. */
function next(minute: string): string {
  const [hours, minutes] = minute.split(":").map(Number);
  const total = ((hours ?? 0) * 60 + (minutes ?? 0) + 1) % 1440;
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}
