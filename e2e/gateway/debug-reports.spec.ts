import { expect, test } from "../fixtures/gateway.ts";
import { transcript } from "../fixtures/transcript.ts";

const TALKING = ["new", "requesting", "trying", "active"];

test("with debug on the call waits for the reply to its report, and figures come every second", async ({
  sdk,
  lab,
  user,
}) => {
  await sdk.connects({ login_token: user.token, debug: true });
  await sdk.isReady();
  const call = await sdk.dials("+12025550108", { debug: true });
  await call.isTold("ringing");
  await lab.answers();
  await call.goesThrough(...TALKING);
  await expect.poll(() => sdk.reports("figures")).not.toEqual([]);

  await call.hangsUp();
  await call.goesThrough(...TALKING, "hangup", "destroy");

  const said = async () => transcript(await lab.wire());
  await expect.poll(said).toContain("← ok debug_report_stop");
  const lines = await said();
  expect(lines.indexOf("invite →")).toBeGreaterThan(lines.indexOf("← ok debug_report_start"));
  expect(lines.filter((line) => line === "debug_report_data →").length).toBeGreaterThan(0);
  expect(lines.filter((line) => line.startsWith("← error"))).toEqual([]);
});
