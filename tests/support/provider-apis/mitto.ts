/** Mitto's Messaging API, as far as reconciliation asks it: one message by its id. It lists nothing. */
import { type FakeAnswer, type FakeRequest, type FakeServer, startFakeServer } from "./fake-server";

export interface MittoMessage {
  messageId: string;
  createdAt: string;
  updatedAt: string;
  /** Delivered, Failure or Pending. */
  deliveryStatus: string;
}

export interface MittoFake extends FakeServer {
  messages: Map<string, MittoMessage>;
  key: string;
  losesStatus: boolean;
}

export async function startMitto(): Promise<MittoFake> {
  const server = await startFakeServer("x-request-id", (request) => answer(request));
  const fake: MittoFake = { ...server, messages: new Map(), key: "fakeMittoKey0123456789", losesStatus: false };
  return fake;

  function answer({ method, path, headers }: FakeRequest): FakeAnswer {
    if (headers["x-mitto-api-key"] !== fake.key) return { status: 401, json: { title: "Unauthorized", status: 401 } };
    const [, id = ""] = /^\/api\/v1\.1\/Messages\/([^/]+)$/.exec(path) ?? [];
    const found = fake.messages.get(decodeURIComponent(id));
    if (method !== "GET" || found === undefined) return { status: 404, json: { title: "Not Found", status: 404 } };
    const { deliveryStatus, ...message } = found;
    const rest = { text: "Your parcel is here.", trafficAccountId: "t1", messageParts: 1 };
    return { json: { ...message, ...(fake.losesStatus ? {} : { deliveryStatus }), ...rest } };
  }
}
