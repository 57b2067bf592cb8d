/**
 * Mitto, delivery reports of text messages (DLRs). It does not sign, so a token in the callback URL is the only proof. The
 * format is a template that Mitto's staff or the sender of a message fills in, so field names can be set per source. POST
 * with one object, an array or a form, or everything in the query of a POST or GET. Rows: see rows.ts.
 */
import { randomBytes } from "node:crypto";
import { withPairsAsJson } from "../form";
import { elementsOf } from "../json-bytes";
import { contentOf, type Identity, type Provider } from "../provider";
import { keyOfBody, keyWithBody } from "../shape";
import { verifyUrlToken } from "../url-token";
import { mittoApi } from "./api";
import { DLR_SETTINGS, isKnownStatus, logicalKeyOf, mittoProjections, readDlr, shopInReference } from "./rows";
import { mittoSamples } from "./sample";
import { mittoSummary } from "./summary";

/** A longer array is stored as one event, and its projection reports the error: Mitto does not send such arrays. */
const MOST_IN_ARRAY = 1_000;

export const mitto: Provider = {
  slug: "mitto",
  label: "Mitto",
  mark: "Mi",
  scheme: "Not signed: a secret token in the callback URL",
  setup:
    "Set MITTO_URL_TOKEN to a long random token, put it in place of {token}, and give Mitto the whole URL as the callback for delivery reports.",
  secretsVariable: "MITTO_URL_TOKEN",
  localSecrets: () => ({ MITTO_URL_TOKEN: randomBytes(24).toString("base64url") }),
  tokenInUrl: true,
  methods: ["POST", "GET"],
  settings: DLR_SETTINGS,
  refusalStatus: 401,
  samples: mittoSamples,
  secretHeaders: ["x-mitto-api-key"],
  verify: verifyUrlToken,

  split(request) {
    const report = withPairsAsJson(request);
    const elements = elementsOf(contentOf(report), MOST_IN_ARRAY);
    const areObjects = elements?.length && elements.every((element) => element[0] === 0x7b);
    return areObjects ? elements.map((body) => ({ ...report, body })) : [report];
  },

  identify(request, payload, source): Identity {
    const dlr = readDlr(payload, source?.settings);
    const parts = [dlr.id, dlr.status, dlr.errorCode].filter((part) => part !== undefined);
    const isKnown = dlr.id !== undefined && dlr.status !== undefined;
    return {
      // The rest of the body, too: a report may be corrected under the id, status and error code of the wrong one.
      eventKey: (isKnown ? keyWithBody(parts.join(":"), contentOf(request)) : undefined) ?? keyOfBody(request),
      logicalKey: logicalKeyOf(dlr.id, dlr.status),
      eventType: "dlr",
      organisationId: source?.organisationId ?? shopInReference(dlr.reference),
      companyId: source?.companyId,
      objectId: dlr.id,
      flags: dlr.status !== undefined && !isKnownStatus(dlr.status) ? ["unknown_status"] : [],
      // No time: a report has the time when the message was sent, not when its status changed.
    };
  },

  projections: mittoProjections,
  summary: mittoSummary,
  api: mittoApi,
  eventTypes: { aliases: { delivery_report: ["dlr"], sms: ["dlr"] } },
};
