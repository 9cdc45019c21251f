import { expect, test } from "./console.ts";

test("a call is seen live, answered, disturbed and ended from the console", async ({ phone, lab, console }) => {
  await console.opens();
  await expect(console.page.getByText("No calls yet")).toBeVisible();

  await phone.dials("+12025550108");
  await expect(console.calls.getByRole("listitem")).toContainText("Ringing");
  await console.choosesNewest();
  await expect(console.call.getByRole("heading", { level: 2 })).toContainText("+1 202 555 0108");
  await expect(console.call.getByRole("meter")).toBeHidden();

  await console.presses("Answer");
  await expect(phone.talkTime).toBeVisible();
  await expect(console.call).toContainText("In call");
  await expect(console.calls.getByRole("listitem")).toContainText("0:01");
  const level = console.call.getByRole("meter", { name: "Heard from the browser" });
  await expect.poll(async () => level.evaluate((meter: HTMLMeterElement) => meter.value)).toBeGreaterThan(-20);
  await expect(console.call).toContainText(/(999|1000|1001) Hz/);

  await console.presses("Drop the socket");
  await expect(console.notice).toContainText("socket was cut.");
  await expect(console.message("attach").first()).toBeVisible();
  await expect(phone.line("Ready")).toBeVisible();

  await console.presses("Hang up");
  await expect(phone.says(phone.ended)).toContainText("they hung up");
  await expect(console.call).toContainText("the called side: hung up, SIP 200");
  expect((await lab.call()).hangup_source).toBe("callee");
  await expect(level).toBeHidden();

  // A button that does nothing any more keeps its place and says why.
  const answer = console.page.getByRole("button", { name: "Answer", exact: true });
  await expect(answer).toHaveAttribute("aria-disabled", "true");
  await answer.click({ force: true });
  await expect(console.notice).toContainText("The call is over.");
});

test("the messages of a call stand on one time axis, with their JSON on demand", async ({ phone, console }) => {
  await console.opens();
  await phone.dials("+12025550107");
  await expect(phone.talkTime).toBeVisible();
  await phone.hangsUp();
  await console.choosesNewest();
  await expect(console.message("call.hangup")).toContainText("delivered · 1 attempt · HTTP 200");

  const lines = await console.messages.getByRole("listitem").allInnerTexts();
  const at = (words: RegExp) => lines.findIndex((line) => words.test(line.replaceAll(/\s+/g, " ")));
  const inOrder = (words: RegExp[]) => {
    const places = words.map(at);
    expect(places, lines.join("\n")).not.toContain(-1);
    expect(places, lines.join("\n")).toEqual(places.toSorted((one, other) => one - other));
  };
  inOrder([/Browser to Lab .* invite/, /Lab to Browser .* ringing/, /Lab to Browser .* answer/, /Browser to Lab .* bye/]);
  inOrder([/Lab to Server .* call\.initiated/, /Lab to Server .* call\.answered/, /Lab to Server .* call\.hangup/]);
  const times = lines.map((line) => Number(/[+−]([\d.]+)/.exec(line)?.[1]));
  expect(times).toEqual(times.toSorted((one, other) => one - other));

  const hangup = console.message("call.hangup");
  await expect(hangup.getByText('"event_type": "call.hangup"')).toBeHidden();
  await hangup.locator("summary").focus();
  await console.page.keyboard.press("Enter");
  await expect(hangup.getByText('"event_type": "call.hangup"')).toBeVisible();

  await hangup.getByRole("button", { name: "Deliver again" }).click();
  await expect(hangup).toContainText("2 attempts");
  await expect(hangup.getByText('"event_type": "call.hangup"')).toBeVisible();
});
