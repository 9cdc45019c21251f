import { expect, test } from "./console.ts";

test("what the server asks of REST stands among the messages of its call", async ({
  stack,
  console,
}) => {
  const environment = await (await fetch(`${stack.labOrigin}/console/environment`)).json();
  const { key, exports } = environment as { key: string; exports: string[] };
  const [, application] = /TONO_CALL_CONTROL_APP=\D*(\d+)/.exec(exports.join("\n")) ?? [];
  const rest = async (path: string, body: object): Promise<Response> =>
    fetch(`${stack.labOrigin}/v2/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify(body),
    });
  const dialled = await rest("calls", { connection_id: application, from: "+12025550142", to: "+12025550108" });
  const { data } = (await dialled.json()) as { data: { call_control_id: string } };

  await console.opens();
  await console.choosesNewest();
  await expect(console.message("POST /calls").first()).toContainText("HTTP 200");
  await console.message("POST /calls").first().locator("summary").click();
  await expect(console.message("POST /calls").first()).toContainText('"connection_id"');
  await expect(console.messages).not.toContainText(key);

  await rest(`calls/${data.call_control_id}/actions/send_dtmf`, { digits: "1" });
  await expect(console.message("send_dtmf")).toContainText("HTTP 422 · 90034");
  const faults = [{ path: "/v2/calls/*", fault: "close_after" }];
  await fetch(`${stack.labOrigin}/lab/rest-faults`, { method: "POST", body: JSON.stringify({ faults }) });
  await rest(`calls/${data.call_control_id}/actions/hangup`, {}).catch(() => undefined);
  await expect(console.message("actions/hangup")).toContainText("no answer, as a fault wanted it");
  await expect(console.message("call.hangup")).toContainText("originator_cancel");
});
