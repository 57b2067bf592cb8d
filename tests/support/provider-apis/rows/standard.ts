import { STANDARD_TYPES, standardEvent } from "@/lib/providers/standard/sample";
import { bodyOf } from "@/lib/samples/ids";
import { sign } from "../../../fixtures/sign";
import type { Expected, ProviderApiRow } from "../row";
import { messageId, startStandard } from "../standard";

const URL_OF_OURS = "https://desk.example.com/api/webhooks/standard";

export const row: ProviderApiRow = {
  provider: "standard",
  perPage: 250,
  resolutionMs: 1,
  readableAfterSeconds: 60,
  limit: null,

  async start() {
    const fake = await startStandard();
    let count = 0;

    function record(time: Date): Expected {
      count += 1;
      const type = STANDARD_TYPES[count % STANDARD_TYPES.length] as (typeof STANDARD_TYPES)[number];
      const [id, timestamp] = [messageId(time, count), time.toISOString()];
      const payload = standardEvent({ type, timestamp, id: `ord_${count}` });
      fake.messages.push({ id, eventType: type, timestamp, payload });
      const body = bodyOf(payload);
      return {
        key: id,
        id,
        eventType: type,
        occurredAt: timestamp,
        webhook: { body, headers: sign("standard", body, { id }) },
      };
    }

    const endpoint = { id: "ep_2FakeEndpoint00000000000000", url: URL_OF_OURS, disabled: false, filterTypes: null };
    const set = (endpoints: object[]) => () => {
      fake.endpoints = endpoints;
    };
    return {
      fake,
      credentials: { token: fake.token, app: fake.app },
      seed: (times) => times.map(record),
      seedHidden: (at) => {
        fake.contentByDefault = false;
        const expired = record(at);
        const message = fake.messages.at(-1);
        if (message) message.payload = { expired: true };
        return [record(at), { ...expired, webhook: undefined, isUnrecoverable: true }];
      },
      loseList: () => {
        fake.losesList = true;
      },
      rollKey: () => {
        fake.token = "testsk_TheNextToken0123456789.eu";
      },
      configurations: [
        {
          name: "the endpoint gets everything",
          prepare: set([endpoint]),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: null,
          problems: [],
        },
        {
          name: "no endpoint has our URL",
          prepare: set([]),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: null,
          problems: ["endpoint_missing"],
        },
        {
          name: "the endpoint is disabled and gets some types and channels",
          prepare: set([{ ...endpoint, disabled: true, filterTypes: ["order.created"], channels: ["shop_1"] }]),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: ["order.created"],
          problems: ["channels_filtered", "endpoint_disabled"],
        },
      ],
    };
  },
};
