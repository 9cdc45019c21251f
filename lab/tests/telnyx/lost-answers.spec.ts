import { APIConnectionError, InternalServerError } from "telnyx";

import { OURS, TONE, WAITS, refusal } from "./fixtures/calls.ts";
import type { Fault } from "./fixtures/control.ts";
import { client, expect, test } from "./fixtures/test.ts";

/** What the REST side says of a command that was taken. */
const DONE = { data: { result: "ok" } };

const LOST: [Fault, typeof APIConnectionError | typeof InternalServerError][] = [
  ["close_after", APIConnectionError],
  [{ status_after: 503 }, InternalServerError],
];

for (const [fault, kind] of LOST) {
  const named = JSON.stringify(fault);

  test(`a dial that is done and answered by ${named} calls once, however often it is tried`, async ({
    running,
    calls,
    control,
  }) => {
    await control.restFails([{ method: "POST", path: "/v2/calls", times: 2, fault }]);
    const dial = { connection_id: calls.application, from: OURS, to: WAITS, command_id: "6c1f" };
    await expect(client(running).calls.dial(dial)).rejects.toBeInstanceOf(kind);
    const [leg, ...others] = await control.legs();
    expect([leg?.state, others]).toEqual(["ringing", []]);

    // The second answer is lost too; the third tells which call it was.
    const { data } = await client(running, { maxRetries: 1 }).calls.dial(dial);
    expect(data?.call_leg_id).toBe(leg?.call_leg_id);
    expect(await control.legs()).toHaveLength(1);
  });

  test(`keys that are pressed and answered by ${named} are pressed once with a command_id, twice without`, async ({
    running,
    calls,
    control,
  }) => {
    const { control: id, leg } = await calls.reaches(TONE);
    const patient = client(running, { maxRetries: 1 });
    const lost = () => control.restFails([{ path: "/v2/calls/*", fault }]);
    await lost();
    expect(await patient.calls.actions.sendDtmf(id, { digits: "1", command_id: "a1" })).toEqual(DONE);
    expect((await control.leg(leg)).dtmf_played).toBe("1");
    await lost();
    await patient.calls.actions.sendDtmf(id, { digits: "2" });
    expect((await control.leg(leg)).dtmf_played).toBe("122");
  });

  test(`a hang-up that is done and answered by ${named} is a repeat when it is tried again`, async ({
    running,
    telnyx,
    calls,
    control,
    receiver,
  }) => {
    const { control: id, leg } = await calls.reaches(TONE);
    await control.restFails([{ path: "/v2/calls/*", fault }]);
    const patient = client(running, { maxRetries: 1 });
    expect(await patient.calls.actions.hangup(id, { command_id: "b2" })).toEqual(DONE);
    expect(await telnyx.calls.actions.hangup(id, { command_id: "b2" })).toEqual(DONE);
    // Another command finds that the call is over, and so does the same one when it has been forgotten.
    expect(await refusal(telnyx.calls.actions.hangup(id, { command_id: "b3" }))).toBe("422 90018");
    await receiver.hears("call.hangup", 1, leg);
    await control.advances(61);
    expect(await refusal(telnyx.calls.actions.hangup(id, { command_id: "b2" }))).toBe("422 90018");
    expect(receiver.of("call.hangup", leg)).toHaveLength(1);
  });
}
