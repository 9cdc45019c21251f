import { expect, test } from "./console.ts";

interface Leg {
  end: string;
  dtmf: string;
  state: string;
}

test("the far end presses keys and is heard, and the browser is punted", async ({ phone, stack, console }) => {
  await console.opens();
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toBeVisible();
  await console.choosesNewest();
  // Both ends, each by what really arrives from it: the far end plays 440 Hz.
  await expect(console.call.getByRole("meter", { name: "Heard from the browser" })).toBeVisible();
  await expect(console.call.getByRole("meter", { name: "Heard from the far end" })).toBeVisible();
  await expect(console.call).toContainText(/(439|440|441) Hz/);
  // The leg behind it is Telnyx's own trunk: no second call.
  await expect(console.calls.getByRole("listitem")).toHaveCount(1);

  await console.page.getByLabel("Keys the far end presses").fill("42#");
  await console.presses("Press");
  const legs = async () => (await (await fetch(`${stack.labOrigin}/lab/legs`)).json()) as Leg[];
  await expect.poll(async () => (await legs()).find(({ end }) => end === "person")?.dtmf).toBe("42#");

  await console.presses("Punt");
  await expect(console.message("punt")).toBeVisible();
  await expect(phone.inCall).toBeHidden();
  await console.presses("Hang up");
  await expect.poll(async () => (await legs()).every(({ state }) => state === "ended")).toBe(true);
  const press = console.page.getByRole("button", { name: "Press", exact: true });
  await expect(press).toHaveAttribute("aria-disabled", "true");
});

test("webhooks are delayed by as much as is said", async ({ phone, lab, console }) => {
  await console.opens("#faults");
  await console.page.getByRole("radio", { name: /^Delay/ }).check();
  await console.page.getByLabel("Seconds late").fill("40");
  await console.page.getByLabel("Seconds late").press("Enter");
  await expect(console.page.getByRole("link", { name: "Webhooks are delayed" })).toBeVisible();

  await phone.dials("+12025550102");
  await expect(phone.ended).toBeVisible();
  await console.goesTo("Calls");
  await console.choosesNewest();
  await expect(console.message("call.hangup")).toContainText("underway");
  expect(await lab.webhooksSent()).toContain("call.hangup underway");
  await console.presses("Move the lab's clock on by 1 minute");
  await expect(console.message("call.hangup")).toContainText("delivered · 1 attempt");
});

test("what a number was told to do stands among the numbers", async ({ lab: _lab, stack, console }) => {
  const told = { note: "is never at home", steps: [{ after: "invite", ms: 0, do: { refuse: "busy" } }] };
  const number = `${stack.labOrigin}/lab/numbers/+12025550150`;
  await fetch(number, { method: "PUT", body: JSON.stringify(told) });
  await console.opens("#numbers");
  const row = console.numbers.getByRole("row", { name: "+1 202 555 0150" });
  await expect(row).toContainText("is never at home");
  await expect(row).toContainText("set by the control API");
  await fetch(number, { method: "DELETE" });
  await expect(row).toBeHidden();
  // At least what the built-in table has.
  expect(await console.numbers.getByRole("row").count()).toBeGreaterThan(20);
});
