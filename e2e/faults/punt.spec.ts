import { ANSWERED, expect, heard, screens, SIGN_IN, signIns, talks, test } from "./faults.ts";

for (const names of ["every", "unknown"] as const) {
  test(`a punt that names ${names} call ends what there is, and the phone signs in again by itself`, async ({
    phone,
    lab,
    farEnd,
    diary,
    microphone,
  }) => {
    const call = await talks(phone, lab);

    await lab.punts(call, names);

    await expect(phone.says(phone.ended)).toContainText("Telnyx signed this phone off");
    expect(await microphone.open()).toBe(0);
    await heard(phone, 0);
    await expect(phone.line("Ready")).toBeVisible({ timeout: 15_000 });
    expect(await signIns(lab)).toEqual([...SIGN_IN, ...SIGN_IN]);
    // What was thrown off is not given back to the new session; the gateway keeps the old one for so long.
    await lab.waits(91);
    await farEnd.knows(call, { state: "ended" });
    expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
    // Nobody said a word of the call's end, and nothing was attached.
    await farEnd.wrote(...ANSWERED, "← punt");

    await phone.page.getByRole("button", { name: "Call again" }).click();
    await expect(phone.inCall).toContainText("Sound connected");
    await farEnd.knows({ id: (await lab.call()).call_id }, { state: "answered" });
    await farEnd.wrote(...ANSWERED, "← punt", ...ANSWERED);
  });
}

test("what the SDK let go of at a punt is hung up by the server, where Telnyx takes its commands", async ({
  phone,
  lab,
  server,
  farEnd,
}) => {
  await lab.switches({ sdk_leg_commands: "accepted" });
  const call = await talks(phone, lab);

  await lab.punts(call, "every");

  await expect(phone.says(phone.ended)).toContainText("Telnyx signed this phone off");
  // Without a word the gateway would keep it for another minute and a half.
  await farEnd.knows(call, { state: "ended" });
  await farEnd.wasCommanded(call, "hangup 200");
  // A gateway that has not seen the socket close says bye on it.
  await farEnd.wroteSoFar(...ANSWERED, "← punt");
  await expect.poll(() => server.rowOf(call)).toMatchObject({ status: "ended", telnyx: "heard", ended_by: "network" });
});

test("where Telnyx refuses them the page says that the line may be open, until the gateway has given the call up", async ({
  phone,
  lab,
  farEnd,
  diary,
  microphone,
}) => {
  await lab.switches({ sdk_leg_commands: "refused" });
  const call = await talks(phone, lab);
  const asked = phone.page.waitForResponse("**/hangup");

  await lab.punts(call, "every");

  await expect(phone.says(phone.ended)).toContainText("Telnyx signed this phone off");
  await asked;
  await expect(phone.ended).toContainText("the line may stay open");
  await farEnd.knows(call, { state: "answered" });
  await farEnd.wasCommanded(call, "hangup 422");
  expect(await microphone.open()).toBe(0);

  await lab.waits(91);
  await farEnd.knows(call, { state: "ended" });
  await expect(phone.ended).not.toContainText("the line may stay open", { timeout: 30_000 });
  await expect(phone.line("Ready")).toBeVisible({ timeout: 20_000 });
  expect(screens(await diary.lines())).toEqual(["Dialer", "Calling", "In call", "Call ended"]);
  // The SDK says nothing of it to a gateway that has thrown it off.
  await farEnd.wrote(...ANSWERED, "← punt");
});
