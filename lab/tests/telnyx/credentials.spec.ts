import { NotFoundError, UnprocessableEntityError } from "telnyx";

import { client, expect, test } from "./fixtures/test.ts";

const DAY = 24 * 60 * 60;

function claims(jwt: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8")) as Record<string, unknown>;
}

test("a credential is made, shown, changed and deleted", async ({ telnyx, running }) => {
  const connection_id = running.variable("TONO_CONNECTION_ID");
  const { data: made } = await telnyx.telephonyCredentials.create({ connection_id, name: "Ana", tag: "agents" });
  expect(made).toMatchObject({
    record_type: "credential",
    name: "Ana",
    resource_id: `connection:${connection_id}`,
    expired: false,
    sip_username: expect.stringMatching(/^gencred\w+$/),
    sip_password: expect.stringMatching(/^\w{32}$/),
  });
  const id = made?.id ?? "";
  expect((await telnyx.telephonyCredentials.retrieve(id)).data).toEqual(made);

  const { data: changed } = await telnyx.telephonyCredentials.update(id, { name: "Ana Ruiz" });
  expect(changed).toMatchObject({ id, name: "Ana Ruiz", sip_username: made?.sip_username });

  expect((await telnyx.telephonyCredentials.delete(id)).data?.id).toBe(id);
  await expect(telnyx.telephonyCredentials.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  await expect(telnyx.telephonyCredentials.createToken(id)).rejects.toBeInstanceOf(NotFoundError);
});

test("a list is filtered, and comes in pages", async ({ telnyx, running }) => {
  const connection_id = running.variable("TONO_CONNECTION_ID");
  const made = [];
  for (const name of ["one", "two", "three"]) {
    made.push((await telnyx.telephonyCredentials.create({ connection_id, name, tag: "paged" })).data);
  }
  const names: (string | undefined)[] = [];
  for await (const credential of telnyx.telephonyCredentials.list({ filter: { tag: "paged" }, "page[size]": 2 })) {
    names.push(credential.name);
  }
  expect(names).toEqual(["one", "two", "three"]);

  const page = await telnyx.telephonyCredentials.list({ filter: { tag: "paged" }, "page[size]": 2 });
  expect(page.meta).toMatchObject({ page_number: 1, page_size: 2, total_pages: 2, total_results: 3 });

  const user = made[1]?.sip_username ?? "";
  expect((await telnyx.telephonyCredentials.list({ filter: { sip_username: user } })).data).toEqual([made[1]]);
  expect((await telnyx.telephonyCredentials.list({ filter: { name: "nobody" } })).data).toEqual([]);
  await telnyx.telephonyCredentials.delete(made[0]?.id ?? "");
  expect((await telnyx.telephonyCredentials.list({ filter: { tag: "paged" } })).data).toHaveLength(2);
});

test("a token is a bare string that lasts a day and signs its credential in", async ({ telnyx, running, gateway, control }) => {
  const { data } = await telnyx.telephonyCredentials.create({ connection_id: running.variable("TONO_CONNECTION_ID") });
  const jwt = await telnyx.telephonyCredentials.createToken(data?.id ?? "");
  expect(typeof jwt).toBe("string");
  const read = claims(jwt);
  expect(read).toMatchObject({ aud: "telnyx_telephony", iss: "telnyx_telephony", sub: data?.id, typ: "access" });
  expect(Number(read["exp"]) - Number(read["iat"])).toBe(DAY);

  expect(await (await gateway()).signsIn({ login_token: jwt })).toBeUndefined();
  const touched = `${jwt.slice(0, -2)}${jwt.endsWith("AA") ? "BB" : "AA"}`;
  expect(await (await gateway()).signsIn({ login_token: touched })).toMatchObject({ code: -32001 });

  await control.advances(DAY);
  expect(await (await gateway()).signsIn({ login_token: jwt })).toBeDefined();
});

test("an expired credential signs nobody in and can only be deleted", async ({ telnyx, running, gateway, control }) => {
  const expires_at = new Date(Date.now() + 60 * 60 * 1000).toISOString();
  const connection_id = running.variable("TONO_CONNECTION_ID");
  const { data } = await telnyx.telephonyCredentials.create({ connection_id, expires_at });
  const id = data?.id ?? "";
  const jwt = await telnyx.telephonyCredentials.createToken(id);
  expect(Number(claims(jwt)["exp"])).toBe(Math.floor(Date.parse(expires_at) / 1000));

  await control.advances(60 * 60);
  expect((await telnyx.telephonyCredentials.retrieve(id)).data?.expired).toBe(true);
  const filter = { status: "expired", sip_username: data?.sip_username ?? "" };
  expect((await telnyx.telephonyCredentials.list({ filter })).data).toHaveLength(1);
  expect(await (await gateway()).signsIn({ login_token: jwt })).toBeDefined();

  const refused = await telnyx.telephonyCredentials.update(id, { name: "again" }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UnprocessableEntityError);
  // Not a list, as it is everywhere else.
  expect((refused as UnprocessableEntityError).error).toMatchObject({ errors: { status: expect.any(String) } });
  await telnyx.telephonyCredentials.delete(id);
});

test("a SIP password signs in, and goes with its credential", async ({ telnyx, running, gateway }) => {
  const { data } = await telnyx.telephonyCredentials.create({ connection_id: running.variable("TONO_CONNECTION_ID") });
  const login = { login: data?.sip_username ?? "", passwd: data?.sip_password ?? "" };
  expect(await (await gateway()).signsIn(login)).toBeUndefined();
  expect(await (await gateway()).signsIn({ ...login, passwd: "wrong" })).toMatchObject({ code: -32001 });
  await telnyx.telephonyCredentials.delete(data?.id ?? "");
  expect(await (await gateway()).signsIn(login)).toMatchObject({ code: -32001 });
});

test("a credential wants a connection that is one, and a time that is one", async ({ running }) => {
  const telnyx = client(running);
  const application = running.variable("TONO_CALL_CONTROL_APP");
  const wrong = await telnyx.telephonyCredentials.create({ connection_id: application }).catch((error: unknown) => error);
  expect(wrong).toBeInstanceOf(UnprocessableEntityError);
  expect((wrong as UnprocessableEntityError).error).toMatchObject({
    errors: [{ code: "10015", source: { pointer: "/connection_id" } }],
  });
  const connection_id = running.variable("TONO_CONNECTION_ID");
  const never = telnyx.telephonyCredentials.create({ connection_id, expires_at: "soon" });
  await expect(never).rejects.toMatchObject({ error: { errors: [{ code: "10015", source: { pointer: "/expires_at" } }] } });
});
