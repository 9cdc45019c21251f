import { createServer, type Server as Receiver } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, test } from "../fixtures/test.ts";

test.use({ stackName: "unseen-webhooks" });

/** Stands between Telnyx and our server: passes each webhook on and loses the answer to its first attempt. */
class Forgetful {
  /** The bodies that came, in their order. */
  readonly bodies: string[] = [];
  private readonly answered = new Set<string>();

  private constructor(
    private readonly receiver: Receiver,
    readonly url: string,
  ) {}

  static async before(origin: string): Promise<Forgetful> {
    const receiver = createServer();
    await new Promise<void>((ready) => receiver.listen(0, "127.0.0.1", ready));
    const { port } = receiver.address() as AddressInfo;
    const between = new Forgetful(receiver, `http://127.0.0.1:${port}/webhooks/telnyx`);
    receiver.on("request", (request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", async () => {
        const body = Buffer.concat(pieces);
        const headers = Object.fromEntries(
          Object.entries(request.headers).filter(([name]) => name.startsWith("telnyx-") || name === "content-type"),
        ) as Record<string, string>;
        const answer = await fetch(`${origin}/webhooks/telnyx`, { method: "POST", headers, body });
        response.writeHead(between.forgets(body.toString()) ? 503 : answer.status).end();
      });
    });
    return between;
  }

  /** Whether this is the first attempt at what it tells, whatever its id. */
  private forgets(text: string): boolean {
    this.bodies.push(text);
    const { event_type, occurred_at, payload } = (JSON.parse(text) as { data: Told }).data;
    const what = JSON.stringify([event_type, occurred_at, payload.call_leg_id]);
    const isFirst = !this.answered.has(what);
    this.answered.add(what);
    return isFirst;
  }

  /** The ids of what came, and how many bodies there were. */
  ids(): string[] {
    return this.bodies.map((text) => (JSON.parse(text) as { data: Told }).data.id);
  }

  close(): void {
    this.receiver.close();
  }
}

interface Told {
  id: string;
  event_type: string;
  occurred_at: string;
  payload: { call_leg_id: string };
}

for (const id of ["stable", "each_attempt"]) {
  test(`webhooks whose first answers are lost make one row where webhook_id is ${id}`, async ({
    phone,
    lab,
    server,
    stack,
  }) => {
    const known = (await server.rows()).length;
    const between = await Forgetful.before(stack.origin);
    try {
      await lab.switches({ webhook_id: id, profile_recording_webhook: "sent" });
      await lab.sendsWebhooksTo(stack.account, between.url);
      await phone.dials("+12025550107");
      await expect(phone.talkTime).toHaveText("0:01");
      await phone.hangsUp();
      await expect.poll(async () => (await lab.call()).state).toBe("ended");
      const untilAllIsTold = async () => {
        await lab.waits(2);
        const sent = await lab.webhooksSent();
        return sent.length >= 5 && sent.every((webhook) => webhook.endsWith(" delivered"));
      };
      await expect.poll(untilAllIsTold, { timeout: 20_000 }).toBe(true);
      const news = async () => {
        const rows = await server.rows();
        return rows.slice(0, rows.length - known);
      };
      await expect
        .poll(news, { timeout: 20_000 })
        .toMatchObject([{ status: "completed", outcome: "answered", ended_by: "us", telnyx: "heard" }]);
      const ids = between.ids();
      const events = (await lab.webhooksSent()).length;
      expect(ids).toHaveLength(2 * events);
      expect(new Set(ids).size).toBe(id === "stable" ? events : 2 * events);
    } finally {
      between.close();
    }
  });
}
