import { expect, test } from "./timeline.ts";

test("what was written down before a reload arrives, whole and once", async ({ phone, server, timeline }) => {
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toHaveText("0:01");
  const { id } = await server.newestRow();
  await phone.page.reload();
  await phone.line("Ready").waitFor();
  await timeline.has(id, '"active"');

  const [before] = (await timeline.export(id)).pages;
  expect(before).toMatchObject({ dropped: 0, missing: 0 });
  // Sent as the page went, and again by the one that followed.
  const written = (before?.entries ?? []).map((entry) => JSON.stringify(entry));
  expect(written.filter((entry) => entry.includes('"active"'))).toHaveLength(1);
  const [replay] = await timeline.replay(id);
  expect(replay?.screens.slice(0, 3)).toEqual(["Dialer", "Calling", "In call"]);
});

test("with the server out of reach nothing is lost, not even by a reload", async ({
  closedPhone: phone,
  server,
  timeline,
}) => {
  // What the browser sends by itself passes no route.
  await phone.page.addInitScript(() => {
    navigator.sendBeacon = () => false;
  });
  await phone.opens();
  let posts = 0;
  await phone.page.route("**/timeline?*", (route) => {
    posts += 1;
    return route.abort();
  });
  await phone.dials("+12025550105");
  await expect(phone.says(phone.ended)).toContainText("they hung up", { timeout: 20_000 });
  const { id } = await server.newestRow();
  await expect.poll(() => posts).toBeGreaterThan(0);
  expect((await timeline.export(id)).pages).toEqual([]);

  await phone.page.reload();
  await phone.line("Ready").waitFor();
  expect((await timeline.export(id)).pages).toEqual([]);
  await phone.page.unroute("**/timeline?*");
  await timeline.has(id, '"sdk_over"');
  const [replay] = await timeline.replay(id);
  expect(replay?.screens).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
  expect(replay?.whole).toBe(true);
});
