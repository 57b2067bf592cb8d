import { TELNYX_TYPES, telnyxEvent } from "@/lib/providers/telnyx/sample";
import { bodyOf } from "@/lib/samples/ids";
import { sign } from "../../../fixtures/sign";
import type { Expected, ProviderApiRow, StartedProvider } from "../row";
import { startTelnyx, type TelnyxFake } from "../telnyx";

const URL_OF_OURS = "https://desk.example.com/api/webhooks/telnyx";

export const row: ProviderApiRow = {
  provider: "telnyx",
  perPage: 250,
  resolutionMs: 1,
  readableAfterSeconds: 900,
  limit: null,

  async start() {
    const fake = await startTelnyx();
    let count = 0;

    function record(time: Date, status: "delivered" | "failed" = "delivered"): Expected {
      count += 1;
      const type = TELNYX_TYPES[count % TELNYX_TYPES.length] as (typeof TELNYX_TYPES)[number];
      const id = `c0ffee00-0000-4000-8000-${String(count).padStart(12, "0")}`;
      const event = telnyxEvent({ type, id, occurredAt: time.toISOString() });
      const body = bodyOf(event);
      // It is tried a moment after it happened, and finished later.
      const [startedAt, finishedAt] = [500, 4000].map((ms) => new Date(time.getTime() + ms).toISOString()) as [
        string,
        string,
      ];
      fake.deliveries.push({
        id: `delivery-${count}`,
        webhook: event.data,
        startedAt,
        finishedAt,
        status,
        urls: [URL_OF_OURS],
      });
      const webhook = { body, headers: sign("telnyx", body) };
      return { key: id, id, eventType: type, occurredAt: time.toISOString(), webhook };
    }

    return {
      fake,
      credentials: { key: fake.key },
      seed: (times) => times.map((time) => record(time)),
      seedHidden: (at) => [record(at, "failed"), record(at, "delivered")],
      loseList: () => {
        fake.losesList = true;
      },
      rollKey: () => {
        fake.key = "KEYNext0123456789_telnyx";
      },
      configurations: configurations(fake),
    };
  },
};

function configurations(fake: TelnyxFake): StartedProvider["configurations"] {
  const set = (profiles: object[], connections: object[]) => () => {
    fake.profiles = profiles;
    fake.connections = connections;
  };
  const ours = { webhook_url: URL_OF_OURS, webhook_api_version: "2", enabled: true };
  const voice = { webhook_event_url: URL_OF_OURS, webhook_api_version: "2", active: true };
  return [
    {
      name: "a messaging profile and a voice application send to us",
      prepare: set([{ id: "1", name: "Reminders", ...ours }], [{ id: "2", connection_name: "Front desk", ...voice }]),
      endpointUrl: URL_OF_OURS,
      subscribedTypes: null,
      problems: [],
    },
    {
      name: "everything is set up for somewhere else",
      prepare: set(
        [
          {
            id: "1",
            name: "Reminders",
            ...ours,
            webhook_url: "https://old.example.com/",
            webhook_failover_url: URL_OF_OURS,
          },
        ],
        [{ id: "2", connection_name: "Front desk", ...voice, webhook_event_url: "https://old.example.com/" }],
      ),
      endpointUrl: URL_OF_OURS,
      subscribedTypes: null,
      problems: ["failover_only", "sends_elsewhere", "url_missing"],
    },
    {
      name: "one is disabled, one is in an old format, one has no URL",
      prepare: set(
        [
          { id: "1", name: "Reminders", ...ours, webhook_api_version: "1" },
          { id: "2", name: "Marketing", enabled: true, webhook_url: null },
        ],
        [{ id: "3", connection_name: "Front desk", ...voice, active: false }],
      ),
      endpointUrl: URL_OF_OURS,
      subscribedTypes: null,
      problems: ["inactive", "old_format", "without_url"],
    },
  ];
}
