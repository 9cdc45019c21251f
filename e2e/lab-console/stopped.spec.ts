import { expect, test } from "./console.ts";

// It stops the lab that other specs share.
test.use({ stackName: "lab-console-stopped" });

test("a lab that stops is told of, and the page goes on when it is back", async ({ phone, stack, console }) => {
  await console.opens();
  await phone.dials("+12025550102");
  await expect(phone.ended).toBeVisible();
  await expect(console.calls.getByRole("listitem")).toHaveCount(1);

  await stack.lab.stop();
  await expect(console.trouble).toContainText(`The lab does not answer at ${stack.labOrigin}`);
  await console.presses("Call the agent");
  await expect(console.notice).toContainText("The lab does not answer.");

  await stack.lab.start();
  await expect(console.trouble).toBeHidden();
  await expect(console.page.getByText("No calls yet")).toBeVisible();
  await expect(console.calls.getByRole("listitem")).toHaveCount(0);
});
