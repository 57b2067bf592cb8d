import type { OwnObject } from "@/lib/providers/api";
import { mittoDlr } from "@/lib/providers/mitto/sample";
import { bodyOf } from "@/lib/samples/ids";
import { startMitto } from "../mitto";
import type { Expected, ProviderApiRow } from "../row";

export const row: ProviderApiRow = {
  provider: "mitto",
  perPage: 50,
  // One for each message.
  requestsPerPage: 50,
  resolutionMs: 1000,
  readableAfterSeconds: 0,
  limit: null,

  async start() {
    const fake = await startMitto();
    const own: OwnObject[] = [];
    let count = 0;

    /** A message of which we have one report. */
    function know(ours: string, time: Date): string {
      count += 1;
      const id = `b47e7d4a-39d1-4e6c-a495-${String(count).padStart(12, "0")}`;
      const eventKey = `${id}:${ours}:0:0123456789abcdef`;
      const payload = mittoDlr({ id, status: ours.toUpperCase(), sentAt: time.getTime() / 1000 - 30 });
      own.push({ objectId: id, eventKey, eventType: "dlr", occurredAt: time.toISOString(), payload });
      return id;
    }

    function make(ours: string, time: Date, deliveryStatus: "Delivered" | "Failure"): Expected {
      const id = know(ours, time);
      const sentAt = time.getTime() / 1000 - 30;
      const updatedAt = time.toISOString();
      fake.messages.set(id, {
        messageId: id,
        createdAt: new Date(sentAt * 1000).toISOString(),
        updatedAt,
        deliveryStatus,
      });
      const status = deliveryStatus === "Delivered" ? "DELIVERED" : "UNDELIVERED";
      return {
        key: `dlr:${id}:${deliveryStatus === "Delivered" ? "delivered" : "failed"}`,
        id,
        eventType: "dlr",
        occurredAt: time.toISOString(),
        webhook: {
          body: bodyOf(mittoDlr({ id, status, sentAt, errorCode: deliveryStatus === "Failure" ? "27" : "0" })),
          headers: [],
        },
      };
    }

    return {
      fake,
      credentials: { api_key: fake.key },
      settings: {},
      ownObjects: () => own,
      seed: (times) => times.map((time) => make("sent", time, count % 3 === 0 ? "Failure" : "Delivered")),
      seedHidden(at) {
        // Neither is asked for: of one the final report is here, the other may still change.
        know("delivered", at);
        const pending = know("buffered", at);
        const time = at.toISOString();
        fake.messages.set(pending, { messageId: pending, createdAt: time, updatedAt: time, deliveryStatus: "Pending" });
        // Mitto does not know this one.
        know("sent", at);
        return [make("a_word_of_a_carrier", at, "Delivered")];
      },
      loseList: () => {
        fake.losesStatus = true;
      },
      rollKey: () => {
        fake.key = "theNextMittoKey0123456";
      },
    };
  },
};
