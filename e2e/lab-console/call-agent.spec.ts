import { expect, test } from "./console.ts";

test("the agent is called from a number of choice", async ({ ringingAgent: _agent, lab, console }) => {
  await console.opens();
  await console.page.getByLabel("Caller", { exact: true }).selectOption({ label: "Other number …" });
  await console.presses("Call the agent");
  await expect(console.notice).toContainText("Type the number that shall call first.");
  await console.page.getByLabel("Caller's number").fill("202 555 0107");
  await console.presses("Call the agent");

  await expect(console.call.getByRole("heading", { level: 2 })).toContainText("+1 202 555 0107");
  await expect(console.call).toContainText("Ringing");
  await expect(console.call).toContainText("The agent is called");
  await expect(console.message("invite").first()).toContainText("+1 202 555 0107");
  const call = await lab.call();
  expect([call.from, call.state]).toEqual(["+12025550107", "ringing"]);

  await console.page.getByRole("button", { name: "Answer", exact: true }).click({ force: true });
  await expect(console.notice).toContainText("answer it there");
  await console.presses("Hang up");
  await expect(console.call).toContainText("the caller: cancelled before the answer");
});

test("with nobody signed in the lab's answer is passed on in words", async ({ console }) => {
  await console.opens();
  await console.presses("Call the agent");
  await expect(console.notice).toContainText("Nobody is signed in");
});

test("what a caller is called is text, whatever it looks like", async ({ ringingAgent: _agent, stack, console }) => {
  await console.opens();
  const name = "<img src=x onerror=document.title=document.domain>";
  await fetch(`${stack.labOrigin}/lab/call-agent`, { method: "POST", body: JSON.stringify({ from: name }) });
  await expect(console.calls).toContainText("onerror");
  await console.choosesNewest();
  await console.message("invite").first().locator("summary").click();
  await expect(console.message("invite").first()).toContainText(name);
  await expect(console.page.locator("main img")).toHaveCount(0);
});
