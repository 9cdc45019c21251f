import { expect, test } from "./console.ts";

test("webhooks are held, seen waiting, and delivered later", async ({ phone, lab, console }) => {
  await console.opens("#faults");
  await console.page.getByRole("radio", { name: /^Hold/ }).check();
  await expect(console.page.getByRole("link", { name: "Webhooks are held" })).toBeVisible();

  await phone.dials("+12025550107");
  await expect(phone.talkTime).toBeVisible();
  await expect(console.page.getByText(/\d webhooks are held\./)).toBeVisible();
  await console.goesTo("Calls");
  await console.choosesNewest();
  await expect(console.message("call.answered")).toContainText("held");
  expect(await lab.webhooksSent()).toContain("call.answered held");

  await console.page.getByRole("link", { name: "Webhooks are held" }).click();
  await console.page.getByRole("radio", { name: /^Deliver/ }).check();
  await expect(console.page.getByRole("link", { name: "Webhooks are held" })).toBeHidden();
  await console.goesTo("Calls");
  await expect(console.message("call.answered")).toContainText("delivered");
  await phone.hangsUp();
});

test("what a test set for a type of webhook stays when the mode is changed", async ({ stack, console }) => {
  const webhooks = `${stack.labOrigin}/lab/webhooks`;
  await fetch(webhooks, { method: "POST", body: JSON.stringify({ per_type: { "call.hangup": "lose" } }) });
  await console.opens("#faults");
  await expect(console.page.getByText("Exceptions by type: call.hangup: Lose")).toBeVisible();
  await console.page.getByRole("radio", { name: /^Hold/ }).check();
  await expect
    .poll(async () => ((await (await fetch(webhooks)).json()) as { modes: unknown }).modes)
    .toMatchObject({ mode: "hold", per_type: { "call.hangup": "lose" } });
});

test("every socket is dropped, and nobody is let in for a while", async ({ phone, lab, console }) => {
  await console.opens("#faults");
  await console.page.getByLabel("Then let nobody in for").selectOption("20 s");
  await console.presses("Drop every socket");
  await expect(console.notice).toContainText("1 socket was cut.");
  await expect(phone.line("Ready")).toBeHidden();
  await console.presses("Move the lab's clock on by 10 seconds");
  await console.presses("Move the lab's clock on by 10 seconds");
  await expect(console.page.getByRole("banner")).toContainText("20 s ahead");
  await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
  await lab.reset();
});

test("a switch is thrown, and a reset puts everything back, but only when it is confirmed", async ({ phone, lab, console }) => {
  await console.opens("#faults");
  await phone.dials("+12025550102");
  await expect(phone.ended).toBeVisible();
  const commands = console.page.getByRole("group", { name: "REST commands for the leg of an SDK call" });
  const before = await commands.getByRole("radio", { checked: true }).getAttribute("value");
  const other = commands.getByRole("radio", { checked: false }).first();
  await other.check();
  await console.page.reload();
  await expect(commands.getByRole("radio", { checked: true })).not.toHaveAttribute("value", before ?? "");

  await console.presses("Reset the lab …");
  await console.presses("Cancel");
  expect(await lab.calls()).toHaveLength(1);
  await console.presses("Reset the lab …");
  await console.presses("Reset");
  await expect(console.notice).toContainText("The lab starts over.");
  expect(await lab.calls()).toHaveLength(0);
  await expect(commands.getByRole("radio", { checked: true })).toHaveAttribute("value", before ?? "");
});
