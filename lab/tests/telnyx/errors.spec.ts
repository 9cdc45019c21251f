import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  AuthenticationError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "telnyx";

import { client, expect, test } from "./fixtures/test.ts";

/** What a promise is rejected with. */
async function failure(promise: Promise<unknown>): Promise<APIError> {
  const failed = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failed).toBeInstanceOf(APIError);
  return failed as APIError;
}

test("a wrong key is an AuthenticationError", async ({ running }) => {
  const error = await failure(client(running, { apiKey: "KEY-wrong" }).phoneNumbers.list());
  expect(error).toBeInstanceOf(AuthenticationError);
  expect(error).toMatchObject({ status: 401, error: { errors: [{ code: "10009", title: "Authentication failed" }] } });
});

test("what is not there is a NotFoundError", async ({ telnyx }) => {
  const error = await failure(telnyx.outboundVoiceProfiles.retrieve("1"));
  expect(error).toBeInstanceOf(NotFoundError);
  expect(error).toMatchObject({ status: 404, error: { errors: [{ code: "10005" }] } });
});

test("a parameter that is wrong is an UnprocessableEntityError that points at it", async ({ telnyx }) => {
  const error = await failure(telnyx.outboundVoiceProfiles.create({} as { name: string }));
  expect(error).toBeInstanceOf(UnprocessableEntityError);
  expect(error).toMatchObject({
    status: 422,
    error: { errors: [{ code: "10004", title: "Missing required parameter", source: { pointer: "/name" } }] },
  });
  const filter = { colour: "red" } as object;
  expect(await failure(telnyx.phoneNumbers.list({ filter }))).toMatchObject({
    error: { errors: [{ code: "10031", source: { parameter: "filter[colour]" } }] },
  });
});

test("a body that is no JSON is refused with 400, and a method there is not with 405", async ({ running }) => {
  const headers = { authorization: `Bearer ${running.variable("TONO_TELNYX_KEY")}` };
  const url = `${running.variable("TONO_TELNYX_API")}/outbound_voice_profiles`;
  const malformed = await fetch(url, { method: "POST", headers, body: "{name" });
  expect([malformed.status, await malformed.json()]).toMatchObject([400, { errors: [{ code: "10015" }] }]);
  const put = await fetch(url, { method: "PUT", headers });
  expect([put.status, await put.json()]).toMatchObject([405, { errors: [{ code: "10030" }] }]);
});

test("too many requests are a RateLimitError with the limit in its headers", async ({ telnyx, control }) => {
  await control.restFails([{ fault: { status: 429 } }]);
  const error = await failure(telnyx.phoneNumbers.list());
  expect(error).toBeInstanceOf(RateLimitError);
  expect(error).toMatchObject({ status: 429, error: { errors: [{ code: "10011", title: "Too many requests" }] } });
  expect(error.headers?.get("x-ratelimit-remaining")).toBe("0");
  expect(Number(error.headers?.get("x-ratelimit-limit"))).toBeGreaterThan(0);
  expect(Number(error.headers?.get("x-ratelimit-reset"))).toBeGreaterThan(0);
  await telnyx.phoneNumbers.list();
});

test("a rate limit counts requests by the second", async ({ telnyx, control }) => {
  await control.restFails([], 3);
  const asked = await Promise.allSettled(Array.from({ length: 12 }, () => telnyx.phoneNumbers.list()));
  const refused = asked.filter((one) => one.status === "rejected");
  // Twelve requests may straddle one second's end.
  expect(refused.length).toBeGreaterThanOrEqual(6);
  expect(refused.every((one) => (one.reason as APIError) instanceof RateLimitError)).toBe(true);
  await control.advances(1);
  await telnyx.phoneNumbers.list();
});

test("what fails on Telnyx's side is told apart", async ({ telnyx, control }) => {
  await control.restFails([
    { path: "/phone_numbers", fault: { status: 500 } },
    { path: "/phone_numbers", fault: { status: 503 } },
    { path: "/phone_numbers", fault: { status: 403 } },
  ]);
  const broken = await failure(telnyx.phoneNumbers.list());
  expect(broken).toBeInstanceOf(InternalServerError);
  expect(broken).toMatchObject({ status: 500, error: { errors: [{ code: "10007" }] } });
  expect(await failure(telnyx.phoneNumbers.list())).toMatchObject({ status: 503 });
  const forbidden = await failure(telnyx.phoneNumbers.list());
  expect(forbidden).toBeInstanceOf(PermissionDeniedError);
  expect(forbidden).toMatchObject({ error: { errors: [{ code: "10010" }] } });
  await telnyx.phoneNumbers.list();
});

test("a connection that is closed without an answer is an APIConnectionError", async ({ telnyx, control }) => {
  await control.restFails([{ method: "POST", path: "/v2/outbound_voice_profiles", fault: "close" }]);
  expect(await failure(telnyx.outboundVoiceProfiles.create({ name: "Lost" }))).toBeInstanceOf(APIConnectionError);
  const { data } = await telnyx.outboundVoiceProfiles.list({ filter: { name: { contains: "Lost" } } });
  expect(data).toEqual([]);
});

test("an answer that is late is an APIConnectionTimeoutError", async ({ running, control }) => {
  await control.restFails([{ fault: { delay_ms: 600_000 } }]);
  const impatient = client(running, { timeout: 200 });
  expect(await failure(impatient.phoneNumbers.list())).toBeInstanceOf(APIConnectionTimeoutError);
});

test("a client that tries again gets through", async ({ running, control }) => {
  await control.restFails([{ fault: { status: 503 } }, { fault: "close" }]);
  const patient = client(running, { maxRetries: 2 });
  expect((await patient.phoneNumbers.list()).data).toHaveLength(3);
});
