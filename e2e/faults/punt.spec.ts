import { expect, screens, test } from "./faults.ts";

for (const names of ["every", "unknown"] as const) {
  test(`a punt that names ${names} call ends what there is, and the phone signs in again by itself`, async ({
    phone,
    lab,
    farEnd,
    diary,
    microphone,
  }) => {
    await phone.dials("+12025550107");
    await expect(phone.inCall).toContainText("Sound connected");
    const call = { id: (await lab.call()).call_id };

    await lab.punts(call, names);

    await expect(phone.says(phone.ended)).toContainText("the line was cut");
    expect(await microphone.open()).toBe(0);
    await expect(phone.page.locator("body > audio")).toHaveCount(0);
    await expect(phone.line("Ready")).toBeVisible({ timeout: 15_000 });
    // What was thrown off is not given back to the new session; the gateway keeps the old one for so long.
    await lab.waits(91);
    await farEnd.knows(call, { state: "ended" });
    expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);

    await phone.page.getByRole("button", { name: "Call again" }).click();
    await expect(phone.inCall).toBeVisible();
  });
}

for (const commands of ["accepted", "refused"] as const) {
  test(`a call that a punt took is hung up by the server (commands ${commands})`, async ({
    phone,
    lab,
    farEnd,
    microphone,
    diary,
  }) => {
    await lab.switches({ sdk_leg_commands: commands });
    await phone.dials("+12025550107");
    await expect(phone.inCall).toContainText("Sound connected");
    const call = { id: (await lab.call()).call_id };
    const asked = phone.page.waitForResponse("**/hangup");
    await lab.punts(call, "every");

    await expect(phone.says(phone.ended)).toContainText("the line was cut");
    await asked;
    if (commands === "accepted") {
      // Well before the gateway would give it up.
      await farEnd.knows(call, { state: "ended" });
      await expect(phone.ended).not.toContainText("the line may stay open");
    } else {
      await farEnd.knows(call, { state: "answered" });
      await expect(phone.ended).toContainText("the line may stay open");
      await lab.waits(91);
      await farEnd.knows(call, { state: "ended" });
      await expect(phone.ended).not.toContainText("the line may stay open", { timeout: 30_000 });
    }
    await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
    expect(await microphone.open()).toBe(0);
    expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
    // The SDK says nothing of it to a gateway that has thrown it off.
    expect((await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.bye")).toEqual([]);
  });
}
