import { BEEP_HZ } from "../fixtures/beeps.ts";
import { FarEnd } from "../fixtures/far-end.ts";
import type { Lab } from "../fixtures/lab.ts";
import type { Phone } from "../fixtures/phone.ts";
import { expect, test } from "../fixtures/test.ts";
import { reloads } from "../reload/reload.ts";

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

const COMES_BACK = [
  ["lost its socket", async (_phone: Phone, lab: Lab) => lab.dropsSockets()],
  ["was loaded anew", async (phone: Phone) => reloads(phone.page)],
] as const;

for (const [what, happens] of COMES_BACK) {
  test(`a call that rings in a page that ${what} rings again there where ringing_calls is ring_again`, async ({
    phone,
    lab,
  }) => {
    const farEnd = new FarEnd(lab);
    await lab.switches({ ringing_calls: "ring_again" });
    const call = { id: (await lab.callsAgent("+12025550107")).call_id };
    await expect(phone.incoming).toBeVisible();

    await happens(phone, lab);

    const offers = async () => (await lab.wire()).filter(({ message }) => message.method === "telnyx_rtc.invite").length;
    await expect.poll(offers, { timeout: 20_000 }).toBe(2);
    await expect(phone.incoming).toHaveCount(1);
    await expect(phone.incoming).not.toContainText("Coming back");
    await phone.answers();
    await expect(phone.inCall).toContainText("Sound connected");
    await farEnd.hears(call, BEEP_HZ);
    await phone.hangsUp();
    await expect(phone.says(phone.ended)).toContainText("you hung up");
    await farEnd.knows(call, { state: "ended" });
  });

  test(`a call that rings in a page that ${what} is over where ringing_calls is let_go`, async ({ phone, lab }) => {
    const farEnd = new FarEnd(lab);
    await lab.switches({ ringing_calls: "let_go" });
    const call = { id: (await lab.callsAgent("+12025550107")).call_id };
    await expect(phone.incoming).toBeVisible();

    await happens(phone, lab);

    await farEnd.knows(call, { state: "ended" });
    await expect(phone.ended).toBeVisible({ timeout: 20_000 });
    await expect(phone.incoming).toHaveCount(0);
    await expect(phone.line("Ready")).toBeVisible();
  });
}
