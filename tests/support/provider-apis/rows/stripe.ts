import { STRIPE_TYPES, stripeEvent } from "@/lib/providers/stripe/sample";
import { bodyOf } from "@/lib/samples/ids";
import { sign } from "../../../fixtures/sign";
import type { Expected, ProviderApiRow } from "../row";
import { startStripe } from "../stripe";

const URL_OF_OURS = "https://desk.example.com/api/webhooks/stripe";
const ALL_TYPES = [
  "checkout.session.async_payment_failed",
  "checkout.session.async_payment_succeeded",
  "checkout.session.completed",
  "checkout.session.expired",
  "customer.subscription.created",
  "customer.subscription.deleted",
  "customer.subscription.paused",
  "customer.subscription.resumed",
  "customer.subscription.updated",
  "invoice.paid",
  "invoice.payment_failed",
  "invoice.payment_succeeded",
];

export const row: ProviderApiRow = {
  provider: "stripe",
  perPage: 100,
  resolutionMs: 1000,
  readableAfterSeconds: 600,
  limit: [25, 1],

  async start() {
    const fake = await startStripe();
    let count = 0;
    const endpoint = (changes: Partial<(typeof fake.endpoints)[number]> = {}) => {
      count += 1;
      return {
        id: `we_fake${count}`,
        url: URL_OF_OURS,
        enabled_events: ["*"],
        status: "enabled" as const,
        api_version: null,
        ...changes,
      };
    };

    return {
      fake,
      credentials: { key: fake.key },
      seed: (times) =>
        times.map((time): Expected => {
          count += 1;
          const type = STRIPE_TYPES[count % STRIPE_TYPES.length] as (typeof STRIPE_TYPES)[number];
          const options = { type, id: `evt_fake${String(count).padStart(6, "0")}`, created: time.getTime() / 1000 };
          // The list has the account's API version, the webhook the endpoint's.
          fake.add([stripeEvent({ ...options, shape: count % 2 === 0 ? "basil" : "legacy" })]);
          const body = bodyOf(stripeEvent({ ...options, shape: "basil" }));
          const webhook = { body, headers: sign("stripe", body) };
          return { key: options.id, id: options.id, eventType: type, occurredAt: time.toISOString(), webhook };
        }),
      loseList: () => {
        fake.losesList = true;
      },
      rollKey: () => {
        fake.key = "rk_test_TheNextKey0123456789";
      },
      configurations: [
        {
          name: "the endpoint gets everything",
          prepare: () => fake.endpoints.splice(0, fake.endpoints.length, endpoint()),
          endpointUrl: `${URL_OF_OURS}/`,
          subscribedTypes: null,
          problems: [],
        },
        {
          name: "no endpoint has our URL",
          prepare: () =>
            fake.endpoints.splice(0, fake.endpoints.length, endpoint({ url: "https://other.example.com/" })),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: null,
          problems: ["endpoint_missing"],
        },
        {
          name: "the endpoint is disabled and lacks types, in another API version",
          prepare: () => {
            const enabled_events = [...ALL_TYPES.slice(2), "charge.refunded"];
            const changes = { status: "disabled" as const, enabled_events, api_version: "2019-12-03" };
            fake.endpoints.splice(0, fake.endpoints.length, endpoint(changes));
            fake.add([stripeEvent({ id: "evt_newest", created: 1_772_443_800 })]);
          },
          endpointUrl: URL_OF_OURS,
          subscribedTypes: [...ALL_TYPES.slice(2), "charge.refunded"],
          problems: ["endpoint_disabled", "types_missing", "version_differs"],
          afterRepairs: ["version_differs"],
        },
        {
          name: "two endpoints have our URL",
          prepare: () =>
            fake.endpoints.splice(
              0,
              fake.endpoints.length,
              endpoint({ enabled_events: ALL_TYPES.slice(0, 6) }),
              endpoint({ enabled_events: ALL_TYPES.slice(6) }),
            ),
          endpointUrl: URL_OF_OURS,
          subscribedTypes: ALL_TYPES,
          problems: ["endpoint_repeated"],
        },
      ],
    };
  },
};
