import { expect, test } from "./faults.ts";

test("Telnyx says that the call we took is answered, and the SDK does not: the card says exactly that", async ({
  phone,
  lab,
  farEnd,
  diary,
}) => {
  await lab.gateway({ mute: ["telnyx_rtc.answer"] });
  const call = { id: (await lab.callsAgent("+12025550107")).call_id };
  await expect(phone.incoming).toBeVisible();

  await phone.answers();
  await farEnd.knows(call, { state: "answered" });

  await expect(phone.incoming).toContainText("Telnyx says that the call is answered");
  await expect(phone.says(phone.incoming)).toHaveText("Answering…");
  await expect(phone.inCall).toHaveCount(0);
  const lines = await diary.lines();
  expect(lines).toContain("answer →");
  expect(lines).not.toContain("timer 0:00");
  await farEnd.neverWrote("← ok answer");

  await phone.incoming.getByRole("button", { name: "Hang up" }).click();
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.incoming).toHaveCount(0);
});
