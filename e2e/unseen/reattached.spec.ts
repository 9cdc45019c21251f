import { BEEP_HZ } from "../fixtures/beeps.ts";
import { FarEnd } from "../fixtures/far-end.ts";
import { expect, test } from "../fixtures/test.ts";

test.use({ stackName: "unseen" });

for (const reattached_calls of ["of_session", "of_user"]) {
  test(`a page that lost its socket comes back into its call where reattached_calls is ${reattached_calls}`, async ({
    phone,
    lab,
  }) => {
    const farEnd = new FarEnd(lab);
    await lab.switches({ reattached_calls });
    await phone.dials("+12025550107");
    await expect(phone.inCall).toContainText("Sound connected");
    const call = { id: (await lab.call()).call_id };

    await lab.dropsSockets();

    const attached = async () => (await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.attach").length;
    // The gateway's offer and the page's answer.
    await expect.poll(attached).toBe(2);
    await expect(phone.says(phone.inCall)).toHaveText("In call");
    await farEnd.hears(call, BEEP_HZ);
    await phone.hangsUp();
    await expect(phone.says(phone.ended)).toContainText("you hung up");
    await farEnd.knows(call, { state: "ended" });
  });
}
