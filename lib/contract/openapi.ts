/**
 * The registry of the API: every operation with the schemas that its route parses and answers with. The document at
 * /api/openapi.json and the page at /api-reference are made from it; a test compares it with app/api. Long because it is
 * that list.
 */
import type { z } from "zod";
import * as alertRules from "./api/alert-rules";
import * as alertSilences from "./api/alert-silences";
import * as alerts from "./api/alerts";
import * as apiTokens from "./api/api-tokens";
import * as audit from "./api/audit";
import * as campaignsLeads from "./api/campaigns-leads";
import * as channels from "./api/channels";
import * as coverage from "./api/coverage";
import * as deadLetters from "./api/dead-letters";
import * as destinationRequests from "./api/destination-requests";
import * as destinations from "./api/destinations";
import * as events from "./api/event-answers";
import * as notes from "./api/event-notes";
import * as eventSummary from "./api/event-summary";
import { evidenceKey, evidenceRequest } from "./api/evidence";
import * as findings from "./api/findings";
import * as health from "./api/health";
import * as history from "./api/history";
import * as incidentItems from "./api/incident-items";
import * as incidentRequests from "./api/incident-requests";
import * as incidents from "./api/incidents";
import { kpis, kpisRequest } from "./api/kpis";
import * as merchantAnswers from "./api/merchant-answers";
import * as merchant from "./api/merchant-requests";
import * as notifications from "./api/notifications";
import * as overview from "./api/overview";
import { publishAnswer, publishRequest } from "./api/publish";
import * as reconciliation from "./api/reconciliations";
import * as relatedEvents from "./api/related-events";
import * as replays from "./api/replay-answers";
import * as replayItems from "./api/replay-items";
import * as replayPreview from "./api/replay-preview";
import * as asked from "./api/replay-requests";
import * as retention from "./api/retention";
import { searchAnswer, searchRequest } from "./api/search";
import * as sourceApi from "./api/source-api";
import * as sourceRequests from "./api/source-requests";
import * as sources from "./api/sources";
import * as staff from "./api/staff";
import { endpointTest, endpointTestRequest } from "./api/test-endpoint";
import * as whichEvent from "./api/which-event";
import { eventFilterSchema, eventListSchema } from "./event-filter";

export interface Operation {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** Under /api, as a caller writes it: parameters in braces. */
  path: string;
  /** As in lib/auth/permissions.ts; `public` needs no sign-in. */
  permission:
    | "public"
    | "view"
    | "replay"
    | "resolve"
    | "operate"
    | "reconcile"
    | "incident"
    | "alert"
    | "metrics"
    | "replay_many"
    | "manage"
    | "publish";
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The answer's JSON schema, or the media types of an answer that is not JSON. */
  answer: z.ZodType | readonly string[];
  /** The statuses of success; 200 when left out. */
  statuses?: readonly number[];
  /** Takes an `Idempotency-Key`. */
  idempotent?: boolean;
  notes?: string;
}

export interface Chapter {
  title: string;
  about: string;
  operations: readonly Operation[];
}

const get = (path: string, summary: string, more: Partial<Operation> & Pick<Operation, "answer">): Operation => ({
  ...{ method: "get", path, permission: "view", summary },
  ...more,
});

const post = (path: string, summary: string, more: Partial<Operation> & Pick<Operation, "answer">): Operation => ({
  ...{ method: "post", path, permission: "replay", summary },
  ...more,
});

/** Only for administrators, and tokens with the scope manage. */
const manage = (
  method: Operation["method"],
  path: string,
  summary: string,
  more: Partial<Operation> & Pick<Operation, "answer">,
): Operation => ({ method, path, permission: "manage", summary, ...more });

/** Answers of operations that create a replay: 200 for a dry run, 202 when it was accepted. */
const creates = { statuses: [202, 200], idempotent: true } as const;
const operates = { permission: "operate" } as const;
/** What is done in the background: the answer is the incident, and its steps move. */
const ofIncident = { permission: "incident", answer: incidents.incident } as const;
const ofAlert = { permission: "alert", answer: alerts.alertDetail } as const;
const reconciles = { permission: "reconcile" } as const;
/** What POST /channels takes, by kind. */
const CHANNEL_SETTINGS =
  'settings by kind: email {"to": ["ops@example.com"]} (needs SMTP_URL and MAIL_FROM) · slack {"webhook_url"}, or ' +
  '{"bot_token", "channel"} · teams {"webhook_url"} of a workflow · pagerduty {"routing_key"} of an Events API v2 integration · ' +
  'webhook {"url", "secret"?}. Secrets are stored encrypted and never answered; hints are how they end. A webhook gets JSON, ' +
  'signed as Standard Webhooks: {"type": "alert.fired" | "alert.repeated" | "alert.acknowledged" | "alert.resolved" | "test", ' +
  '"timestamp", "data": {"title", "alerts": [...]}}, or {"type": "replay.ended", "data": {"title", "replay"}}, at least once, with the same webhook-id on every try. ';
const CHOSEN = "More events than REPLAY_MAX_CHOSEN, 100 by default, need the permission replay_many.";
const SAME_SIZE = "Needs the permission that creating the replay needed.";

export const API: readonly Chapter[] = [
  {
    title: "Events",
    about: "What providers sent, and what happened to it.",
    operations: [
      get("/webhooks/events", "The event history, newest first", {
        query: eventListSchema,
        answer: eventSummary.eventPage,
      }),
      get("/webhooks/events/histogram", "How many events per step of time, by outcome, for a filter", {
        query: eventFilterSchema,
        answer: history.eventHistogram,
        notes: "The last 24 hours when the filter has no time. A search in payloads is not counted: 422.",
      }),
      get("/webhooks/events/types", "Event types by provider, the most frequent first", {
        query: history.eventTypesRequest,
        answer: history.eventTypes,
        notes: "The last 7 days when no time is given.",
      }),
      get("/event-views", "Your saved filters", { answer: history.eventViews }),
      {
        ...post("/event-views", "Save a filter", {
          permission: "view",
          body: history.createViewRequest,
          answer: history.eventView,
          statuses: [201],
        }),
        notes: "Views belong to the person who is signed in, or who created the token. At most 50 each.",
      },
      {
        method: "delete",
        path: "/event-views/{id}",
        permission: "view",
        summary: "Delete one of your views",
        answer: history.deletedView,
      },
      get("/webhooks/events/{id}", "One event with its bytes, deliveries, attempts and replays", {
        answer: events.eventDetail,
      }),
      get("/webhooks/events/{id}/body", "Download the received bytes of an event", {
        answer: ["application/octet-stream"],
        notes: "Secrets in them are masked with asterisks. Content that a privacy request removed stays removed.",
      }),
      get("/webhooks/events/{id}/person", "Download what is stored about the person of a data request", {
        permission: "manage",
        answer: ["application/json"],
        notes:
          "The person's rows and events, found by id, e-mail address and phone number in every source of the shop, to be handed " +
          "over. Callers who are limited to organisations get what those have.",
      }),
      get("/webhooks/events/{id}/neighbours", "The previous and the next event in the filtered history", {
        query: eventFilterSchema,
        answer: relatedEvents.eventNeighbours,
      }),
      get("/webhooks/events/{id}/related", "Events near it that name the same object or changed the same rows", {
        answer: relatedEvents.relatedEvents,
      }),
      post("/webhooks/events/{id}/check", "Ask the provider for the object of an event", {
        ...reconciles,
        answer: findings.eventCheck,
        notes:
          "One request to the provider's API. 409 where it does not answer for one event, or has no key; 502 when it fails.",
      }),
      post("/webhooks/events/resolve", "Mark failed or dead events as resolved", {
        permission: "resolve",
        body: asked.resolveRequest,
        answer: asked.resolveAnswer,
      }),
      post("/webhooks/events/reopen", "Take back that events were marked as resolved", {
        permission: "resolve",
        body: notes.reopenRequest,
        answer: notes.reopenAnswer,
        notes: "Their status is what their deliveries say. Retries that resolving cancelled become dead letters.",
      }),
      get("/webhooks/events/{id}/notes", "Notes of staff about an event", { answer: notes.eventNotes }),
      post("/webhooks/events/{id}/notes", "Add a note to an event", {
        permission: "resolve",
        body: notes.eventNoteRequest,
        answer: notes.eventNote,
        statuses: [201],
      }),
      {
        method: "put",
        path: "/webhooks/events/{id}/assignee",
        permission: "resolve",
        summary: "Assign an event to a member of the staff, or to no one",
        body: notes.assignEventRequest,
        answer: notes.assignEventAnswer,
      },
      get("/dead-letters", "Dead deliveries by cause, the biggest group first", { answer: deadLetters.deadLetters }),
      get("/webhooks/dlq", "The newest dead letters", {
        query: deadLetters.listDeadLettersRequest,
        answer: overview.failedWebhooks,
      }),
      post("/webhooks/dlq", "Replay one dead letter, or all of them", {
        query: whichEvent.contextInQuery,
        body: deadLetters.deadLettersRequest,
        answer: deadLetters.deadLettersAnswer,
        idempotent: true,
        notes:
          "Only dead deliveries run. 404 for an event that is not a dead letter. retry_all needs the permission replay_many, " +
          "takes REPLAY_MAX_EVENTS events, 500 by default, and says how many remain.",
      }),
      get("/webhooks/analytics", "Volumes, failures and success rate of a time range", {
        query: overview.analyticsRequest,
        answer: overview.analytics,
      }),
      get("/kpis", "The KPIs of runbook 001, by day or organisation", {
        query: kpisRequest,
        answer: kpis,
        notes: "Answers CSV (text/csv) with format=csv: one line per row, the totals last.",
      }),
      get("/webhooks/health", "Whether Redrive works", {
        permission: "public",
        answer: health.health,
        notes: "503 when the database does not respond. Checked at most once a second.",
      }),
      get("/metrics", "Metrics for Prometheus", {
        permission: "metrics",
        answer: ["text/plain"],
        notes:
          "For callers of all organisations, or the bearer METRICS_TOKEN. Values of the database are the same from every " +
          "process: take their maximum. Values of a process are named so.",
      }),
      get("/health/live", "Whether the process answers", { permission: "public", answer: health.liveness }),
      get("/health/ready", "Whether it may be sent requests", {
        permission: "public",
        answer: health.readiness,
        notes:
          "503 while the database does not answer within 500 ms, while a migration is missing, and after SIGTERM " +
          "(DRAIN_SECONDS says for how long).",
      }),
      get("/health/deep", "Every check, with its result and what to do about it", {
        permission: "metrics",
        query: health.deepHealthRequest,
        answer: health.deepHealth,
        notes: "Writes one row to check that writes work. Also for the bearer METRICS_TOKEN.",
      }),
    ],
  },
  {
    title: "Replays",
    about: "A replay runs a fixed selection of deliveries again, with a reason.",
    operations: [
      post("/webhooks/replay/{provider_slug}/{event_key}", "Replay one event and wait for its end", {
        query: whichEvent.contextInQuery,
        body: asked.replayOneRequest,
        answer: replays.replayAnswer,
        statuses: [200, 202],
        idempotent: true,
      }),
      post("/webhooks/replay-bulk", "Replay events by their keys", {
        query: whichEvent.contextInQuery,
        body: asked.replayBulkRequest,
        answer: replays.replayRequested,
        notes: CHOSEN,
        ...creates,
      }),
      post("/webhooks/replay-query", "Replay a provider's events of a time window", {
        permission: "replay_many",
        query: whichEvent.contextInQuery,
        body: asked.replayQueryRequest,
        answer: replays.replayRequested,
        ...creates,
      }),
      get("/webhooks/replays", "Replays, newest first", {
        query: asked.listReplaysRequest,
        answer: replays.replayPage,
      }),
      post("/webhooks/replays", "Create a replay, or a draft of one", {
        query: whichEvent.contextInQuery,
        body: asked.createReplayRequest,
        answer: replays.replayRequested,
        ...creates,
        statuses: [202, 201, 200],
        notes: `201 for a draft. A filter needs the permission replay_many. ${CHOSEN}`,
      }),
      get("/webhooks/replays/{id}", "A replay with its counts, and how its items ended", {
        answer: replays.replayDetail,
      }),
      get("/webhooks/replays/{id}/preview", "Preview what it would do if it started now", {
        answer: replayPreview.replayPreview,
      }),
      get("/webhooks/replays/{id}/items", "Its items in the order they run, with results and row changes", {
        query: asked.replayItemsRequest,
        answer: replayItems.replayItemPage,
      }),
      get("/webhooks/replays/{id}/export", "Export every item", {
        query: asked.exportRequest,
        answer: ["text/csv", "application/json"],
      }),
      post("/webhooks/replays/{id}/start", "Start a draft", { answer: replays.replay, notes: SAME_SIZE }),
      post("/webhooks/replays/{id}/pause", "Pause a replay", { answer: replays.replay }),
      post("/webhooks/replays/{id}/resume", "Resume a replay", { answer: replays.replay, notes: SAME_SIZE }),
      post("/webhooks/replays/{id}/cancel", "Cancel a replay. Deliveries that have not run stay unchanged", {
        answer: replays.replay,
      }),
    ],
  },
  {
    title: "Reconciliation",
    about: "Asks providers what should be here, names what is missing, and brings it back.",
    operations: [
      get("/coverage", "Every source: what its provider can prove, its keys, its schedule, and what is missing", {
        answer: coverage.coverageList,
      }),
      post("/reconciliations", "Compare a source with its provider's API over a window", {
        ...reconciles,
        body: reconciliation.createReconciliationRequest,
        answer: reconciliation.reconciliationAccepted,
        statuses: [202],
        notes:
          "A dry run unless dry_run is false, which needs the permission replay_many. 409 without an API key. `to_ts` of the " +
          "answer is what is read: what is newer may still be on its way.",
      }),
      get("/reconciliations", "Runs, newest first", {
        query: reconciliation.listReconciliationsRequest,
        answer: reconciliation.reconciliationPage,
      }),
      get("/reconciliations/{id}", "A run with its counts", {
        answer: reconciliation.reconciliation,
        notes: "Until it is completed its counts are the least: see counts_are.",
      }),
      get("/reconciliations/{id}/findings", "What a run found, in the order it was found", {
        query: findings.findingsRequest,
        answer: findings.findingPage,
      }),
      get("/reconciliations/{id}/findings/{finding_id}", "One finding with what a back-fill would store", {
        answer: findings.findingDetail,
      }),
      get("/reconciliations/{id}/requests", "What a run asked of the provider, with the provider's request ids", {
        query: reconciliation.apiRequestsRequest,
        answer: reconciliation.apiRequestPage,
      }),
      post("/reconciliations/{id}/back-fill", "Store what findings miss, and replay it", {
        body: findings.backFillRequest,
        answer: findings.backFillRequested,
        idempotent: true,
        statuses: [202, 201, 200],
        notes: `201 for a draft. The replay is one like any other. ${CHOSEN}`,
      }),
      post("/reconciliations/{id}/cancel", "Cancel a run. What it found so far remains", {
        ...reconciles,
        answer: reconciliation.reconciliation,
      }),
      get("/coverage/{provider_slug}/credentials", "The API keys of a source: what it has, and what it needs", {
        query: sourceApi.ofSource,
        answer: sourceApi.credentialState,
      }),
      manage("put", "/coverage/{provider_slug}/credentials", "Store the API keys of a source, encrypted", {
        body: sourceApi.setCredentialsRequest,
        answer: sourceApi.credentialState,
      }),
      manage("delete", "/coverage/{provider_slug}/credentials", "Remove the stored API keys of a source", {
        query: sourceApi.ofSource,
        answer: [],
        statuses: [204],
      }),
      manage("post", "/coverage/{provider_slug}/credentials/test", "Test the API keys of a source", {
        body: sourceApi.testCredentialsRequest,
        answer: sourceApi.credentialTest,
        notes: "Answers 200 whether they work or not.",
      }),
      manage("patch", "/coverage/{provider_slug}/watch", "Change the schedule of a source", {
        body: coverage.setWatchRequest,
        answer: coverage.watch,
      }),
      get("/coverage/{provider_slug}/configuration", "Ask the provider how it is set up to send", {
        ...reconciles,
        query: sourceApi.ofSource,
        answer: sourceApi.configurationAnswer,
      }),
      manage("post", "/coverage/{provider_slug}/configuration/repair", "Repair a problem of it at the provider", {
        body: sourceApi.repairRequest,
        answer: sourceApi.configurationAnswer,
        notes: "Needs an API key that may write.",
      }),
      post("/internal/reconciliation/campaigns-leads", "Compare campaigns and leads, as the runbook does", {
        permission: "replay_many",
        body: campaignsLeads.campaignsLeadsRequest,
        answer: campaignsLeads.campaignsLeadsAnswer,
        statuses: [200, 202],
        notes:
          "Over the last seven days unless a window is given. Waits for 25 s: 202 with the ids when it takes longer.",
      }),
    ],
  },
  {
    title: "Incidents",
    about: "An outage, what it affected, and its recovery until nothing is missing.",
    operations: [
      post("/incidents", "Open an incident with what it is about", {
        ...ofIncident,
        body: incidentRequests.openIncidentRequest,
        statuses: [201],
        notes:
          "The set is frozen. A filter without a time gets the window's. 422 for more than INCIDENT_MAX_ITEMS events, 50,000 by default.",
      }),
      get("/incidents", "Incidents, newest first", {
        query: incidentRequests.listIncidentsRequest,
        answer: incidents.incidentPage,
      }),
      get("/incidents/{id}", "An incident with its counts, steps, impact and log", { answer: incidents.incident }),
      {
        ...{ method: "patch", path: "/incidents/{id}", summary: "Change its title, cause, severity or owner" },
        ...ofIncident,
        body: incidentRequests.changeIncidentRequest,
      },
      get("/incidents/{id}/items", "What it is about, each with its state and proof", {
        query: incidentItems.incidentItemsRequest,
        answer: incidentItems.incidentItemPage,
      }),
      get("/incidents/{id}/log", "What happened in it, newest first", {
        query: incidentItems.incidentLogRequest,
        answer: incidentItems.incidentLogPage,
      }),
      post("/incidents/{id}/notes", "Add a note", { ...ofIncident, body: incidentRequests.noteRequest }),
      post("/incidents/{id}/grow", "Add what a selection matches now", {
        ...ofIncident,
        permission: "replay_many",
        body: incidentRequests.growIncidentRequest,
      }),
      post("/incidents/{id}/recover", "Recover it, up to its preview or to its end", {
        ...ofIncident,
        body: incidentRequests.recoverIncidentRequest,
        notes:
          "In the background: `steps` says where it is. until: end also needs the permission replay_many. A recovery that waits " +
          "behind its preview goes on. It closes itself at zero.",
      }),
      post("/incidents/{id}/verify", "Verify what is in the target, and ask the providers again", {
        ...ofIncident,
        body: incidentRequests.verifyIncidentRequest,
        notes: "In the background. Without the providers the verification is not complete, unless none can be asked.",
      }),
      post("/incidents/{id}/accept", "Accept that items cannot be brought back", {
        ...ofIncident,
        permission: "replay_many",
        body: incidentRequests.acceptIncidentRequest,
      }),
      post("/incidents/{id}/close", "Close it when nothing is left", {
        ...ofIncident,
        permission: "replay_many",
        body: incidentRequests.endIncidentRequest,
        notes: "409 says what is left.",
      }),
      post("/incidents/{id}/reopen", "Open a closed incident again", {
        ...ofIncident,
        body: incidentRequests.endIncidentRequest,
      }),
      post("/incidents/{id}/requests", "Ask an administrator for what you may not do", {
        ...ofIncident,
        body: incidentRequests.askIncidentRequest,
      }),
      post("/incidents/{id}/requests/{request_id}", "Approve or decline a request", {
        ...ofIncident,
        permission: "replay_many",
        body: incidentRequests.decideIncidentRequest,
        notes: "What is approved is done at once, in the name of who approves it. No one decides their own request.",
      }),
    ],
  },
  {
    title: "Evidence",
    about: "What is known of an incident, as a signed bundle to hand over.",
    operations: [
      get("/incidents/{id}/evidence", "Download the evidence of an incident", {
        query: evidenceRequest,
        answer: ["application/zip"],
        notes:
          "Signed: `npm run verify-evidence -- file.zip` checks it. E-mail addresses and phone numbers are masked. Payloads " +
          "only when asked for. Every download is in the audit log and in the incident's log.",
      }),
      get("/evidence-key", "The public key that signs evidence", { permission: "public", answer: evidenceKey }),
    ],
  },
  {
    title: "Alerts",
    about: "Rules watch what should happen; an alert is one time that a rule fired, until it was well again.",
    operations: [
      get("/alerts", "Alerts, newest first", {
        query: alerts.listAlertsRequest,
        answer: alerts.alertPage,
        notes:
          "Those that fire, unless `state` says otherwise. Callers who are limited see those of their organisations.",
      }),
      get("/alerts/{id}", "An alert, with whom it was told", { answer: alerts.alertDetail }),
      post("/alerts/{id}/acknowledge", "Acknowledge it: it is not told again until it is well", {
        ...ofAlert,
        body: alerts.acknowledgeRequest,
      }),
      post("/alerts/{id}/assign", "Assign it to a member of the staff, or to no one", {
        ...ofAlert,
        body: alerts.assignAlertRequest,
      }),
      post("/alerts/{id}/incident", "Open an incident about what it is about", {
        ...ofIncident,
        body: alerts.alertIncidentRequest,
        statuses: [201],
        notes:
          "The failed and dead events of its provider, type, organisation or destination, from the window before it fired; or " +
          "what a run found missing. 409 when it has an incident.",
      }),
      get("/alert-rules", "The rules, worst first", { answer: alertRules.alertRules }),
      manage("post", "/alert-rules", "Make a rule", {
        body: alertRules.createRuleRequest,
        answer: alertRules.alertRule,
        statuses: [201],
        notes: "`settings` has exactly what its kind uses: 400 says which.",
      }),
      manage("patch", "/alert-rules/{id}", "Change or switch a rule", {
        body: alertRules.changeRuleRequest,
        answer: alertRules.alertRule,
        notes: "409 when it has another version by now.",
      }),
      manage("delete", "/alert-rules/{id}", "Delete a rule that people made", {
        answer: [],
        statuses: [204],
      }),
      post("/alert-rules/{id}/back-test", "How often a rule would have fired", {
        permission: "view",
        body: alertRules.backTestOfRuleRequest,
        answer: alertRules.backTest,
        notes: "With other settings, if they are sent. Changes nothing.",
      }),
      post("/alert-rules/back-test", "How often a rule would have fired that is not saved yet", {
        permission: "view",
        body: alertRules.backTestRequest,
        answer: alertRules.backTest,
      }),
      get("/silences", "Silences that are active or to come, and the newest that ended", {
        answer: alertSilences.silences,
      }),
      post("/silences", "Tell nothing of what matches, for a while", {
        permission: "alert",
        body: alertSilences.silenceRequest,
        answer: alertSilences.silence,
        statuses: [201],
      }),
      post("/silences/{id}/end", "End a silence now", { permission: "alert", answer: alertSilences.silence }),
    ],
  },
  {
    title: "Merchant deliveries",
    about: "The same events and replays under the merchant runbook's names. The paths also work without /api.",
    operations: [
      get("/admin/webhooks/events", "Events with their endpoint and last error", {
        query: merchant.merchantEventsRequest,
        answer: merchantAnswers.merchantEventPage,
      }),
      get("/admin/webhooks/events/{id}/attempts", "Every delivery attempt of an event", {
        answer: merchantAnswers.attemptList,
      }),
      post("/admin/webhooks/{eventId}/replay", "Replay one event", {
        query: whichEvent.contextInQuery,
        body: merchant.merchantReplayRequest,
        answer: merchantAnswers.merchantReplayAnswer,
        ...creates,
      }),
      post("/admin/webhooks/bulk-replay", "Replay by criteria", {
        permission: "replay_many",
        query: whichEvent.contextInQuery,
        body: merchant.bulkReplayRequest,
        answer: merchantAnswers.bulkReplayAnswer,
        ...creates,
      }),
      post("/admin/webhooks/replay-batch", "Replay events by their ids", {
        query: whichEvent.contextInQuery,
        body: merchant.replayBatchRequest,
        answer: merchantAnswers.bulkReplayAnswer,
        notes: CHOSEN,
        ...creates,
      }),
      get("/admin/webhooks/replays/{id}/status", "Progress of a replay", { answer: merchantAnswers.replayProgress }),
      get("/admin/webhooks/replays/{id}/failures", "Its failures, and which of them are retried", {
        query: merchant.failuresRequest,
        answer: merchantAnswers.failureList,
      }),
      post("/admin/webhooks/replays/{id}/retry-failures", "Retry the failures as a new replay", {
        query: whichEvent.contextInQuery,
        body: merchant.retryFailuresRequest,
        answer: merchantAnswers.bulkReplayAnswer,
        notes: CHOSEN,
        ...creates,
      }),
      post("/admin/webhooks/test-endpoint", "Send a test request to a URL", {
        permission: "operate",
        body: endpointTestRequest,
        answer: endpointTest,
        notes:
          "Signed as Standard Webhooks with `secret`, or with the secrets of the destination that has this URL; `signed` says " +
          "whether it was. Answers 200 whether the test succeeded or not. At most 30 tests a minute per caller.",
      }),
      get("/admin/webhooks/bulk-replays/{id}", "Progress of a bulk replay", { answer: merchantAnswers.replayProgress }),
      get("/admin/webhooks/bulk-replays/{id}/stream", "Stream the progress until the replay ends", {
        answer: ["text/event-stream"],
        notes: "Server-sent events; a WebSocket on the same path sends the same JSON.",
      }),
    ],
  },
  {
    title: "Destinations",
    about: "Where events are delivered: merchants' endpoints, and those named in the configuration.",
    operations: [
      post("/events", "Publish an event, or a list of them", {
        permission: "publish",
        body: publishRequest,
        answer: publishAnswer,
        statuses: [202, 200],
        notes:
          "Needs an administrator, or a token with the scope events:publish. 200 when all of it was published before; 409, with " +
          "the event_id of the first, when its idempotency key published something else. One event may have its key in " +
          "the header Idempotency-Key.",
      }),
      get("/destinations", "Every destination with its health", { answer: destinations.destinationList }),
      post("/destinations", "Create a destination", {
        permission: "manage",
        body: destinationRequests.createDestinationRequest,
        answer: destinations.destinationWithSecret,
        statuses: [201],
        notes: "The secret is in this answer only.",
      }),
      get("/destinations/{id}", "One destination with its health", { answer: destinations.destination }),
      {
        ...{ method: "patch", path: "/destinations/{id}", permission: "manage", summary: "Change a destination" },
        body: destinationRequests.updateDestinationRequest,
        answer: destinations.destination,
        notes:
          "The last write wins. With If-Match and the ETag of a read: 412 when it changed since. When the URL leads to " +
          "another host, the answer is a DestinationWithSecret: it has a new secret, and lost the headers without a new value.",
      },
      {
        ...{ method: "delete", path: "/destinations/{id}", permission: "manage", summary: "Delete a destination" },
        answer: [],
        statuses: [204],
        notes: "Waiting deliveries are cancelled. Its history stays.",
      },
      post("/destinations/{id}/pause", "Pause deliveries. New events are held", {
        ...operates,
        answer: destinations.destination,
      }),
      post("/destinations/{id}/resume", "Resume deliveries. Held events are released in order", {
        ...operates,
        answer: destinations.destination,
      }),
      post("/destinations/{id}/try-now", "Test an open circuit now", {
        ...operates,
        body: destinationRequests.tryNowRequest,
        answer: destinations.destination,
        notes:
          "The next waiting delivery is sent at once. When it succeeds, the others follow within the destination's rate limit. " +
          "409 when the circuit is not open, when a test delivery is under way, or while it is paused or disabled.",
      }),
      post("/destinations/{id}/enable", "Enable a destination", {
        permission: "manage",
        answer: destinations.destination,
      }),
      post("/destinations/{id}/disable", "Disable a destination", {
        permission: "manage",
        body: destinationRequests.disableDestinationRequest,
        answer: destinations.destination,
      }),
      post("/destinations/{id}/rotate-secret", "Rotate the signing secret", {
        permission: "manage",
        body: destinationRequests.rotateSecretRequest,
        answer: destinations.destinationWithSecret,
        notes: "Both secrets sign during the overlap.",
      }),
      post("/destinations/{id}/test", "Send a signed test request. No event is created", {
        ...operates,
        answer: endpointTest,
      }),
      post("/destinations/{id}/sample", "Publish a webhook.test event to this destination only", {
        ...operates,
        answer: destinations.sampleAnswer,
        statuses: [202],
      }),
      get("/destinations/{id}/deliveries", "The newest deliveries of a destination", {
        query: destinationRequests.destinationDeliveriesRequest,
        answer: destinations.destinationDeliveryPage,
      }),
    ],
  },
  {
    title: "Channels",
    about: "Whom alerts are told, and what each person wants to be told.",
    operations: [
      get("/channels", "Every channel with its last outcomes", { answer: channels.channels }),
      manage("post", "/channels", "Create a channel", {
        body: channels.createChannelRequest,
        answer: channels.createdChannel,
        statuses: [201],
        notes: `${CHANNEL_SETTINGS}The signing secret that is made for a webhook is in this answer only.`,
      }),
      manage("patch", "/channels/{id}", "Change a channel", {
        body: channels.changeChannelRequest,
        answer: channels.channel,
        notes: "409 when the channel was changed after its version was read. Secrets that settings leave out stay.",
      }),
      manage("delete", "/channels/{id}", "Delete a channel", {
        answer: [],
        statuses: [204],
        notes: "What waits for it is skipped. Rules that name no other channel then tell all of them.",
      }),
      manage("post", "/channels/{id}/test", "Send a test message now", {
        answer: channels.channelTest,
        notes: "At most five a minute. What the channel refuses is an answer, too: accepted is false.",
      }),
      get("/channels/{id}/notifications", "What a channel was told, newest first", {
        query: notifications.channelNotificationsRequest,
        answer: notifications.notificationPage,
      }),
      get("/notification-preferences", "What you want to be told, by mail and in the console", {
        answer: notifications.ownPreferences,
        notes: "Of the person who is signed in, or who made the token.",
      }),
      {
        ...{ method: "patch", path: "/notification-preferences", permission: "view" },
        summary: "Change what you want to be told",
        body: notifications.changePreferencesRequest,
        answer: notifications.ownPreferences,
      },
    ],
  },
  {
    title: "Sources",
    about: "The endpoints that providers post to: a default one each, and sources with their own URLs.",
    operations: [
      get("/sources", "Every provider's endpoint, its recent requests, and its sources", {
        answer: sources.sourceProviders,
      }),
      post("/sources", "Create a source with its own URL", {
        permission: "manage",
        body: sourceRequests.createSourceRequest,
        answer: sources.sourceWithUrl,
        statuses: [201],
        notes: "The full URL is in this answer only.",
      }),
      post("/sources/sample", "Send a signed sample of a provider to its own endpoint", {
        permission: "operate",
        body: sourceRequests.sampleRequest,
        answer: sources.sentSample,
        notes: "Only in local mode, or when ALLOW_SAMPLES=1 is set. The sample is an event like any other.",
      }),
      {
        ...{ method: "patch", path: "/sources/{id}", permission: "manage", summary: "Change a source" },
        body: sourceRequests.updateSourceRequest,
        answer: sources.source,
      },
      {
        ...{ method: "delete", path: "/sources/{id}", permission: "manage", summary: "Delete a source" },
        answer: [],
        statuses: [204],
        notes: "Requests to its URL are rejected with 401. Its events stay.",
      },
      post("/sources/{id}/rotate", "Rotate a source's URL. The previous one works until the overlap ends", {
        permission: "manage",
        body: sourceRequests.rotateSourceRequest,
        answer: sources.sourceWithUrl,
      }),
    ],
  },
  {
    title: "Staff and tokens",
    about: "Who may do what, and what they did. You cannot give a right that you do not have.",
    operations: [
      manage("get", "/staff", "Every person", { answer: staff.staffList }),
      manage("post", "/staff", "Invite a person by a one-time link", {
        body: staff.inviteRequest,
        answer: staff.invitationAnswer,
        statuses: [201],
      }),
      manage("patch", "/staff/{id}", "Change a person's role, disable or enable them", {
        body: staff.changeStaffRequest,
        answer: staff.staffAnswer,
        notes:
          "Ends the person's sessions. 409 for yourself, for the last active administrator, and for disabling a person whose " +
          "API tokens are active without saying what happens to them.",
      }),
      manage("delete", "/staff/{id}/sessions", "Sign a person out everywhere", { answer: staff.sessionsEnded }),
      get("/sessions", "Your own open sessions of the console", {
        answer: staff.sessionList,
        notes: "403 for API tokens, which have none. The same goes for ending them.",
      }),
      {
        ...{ method: "delete", path: "/sessions", permission: "view", summary: "Sign out everywhere, here too" },
        answer: staff.sessionsEnded,
      },
      {
        ...{ method: "delete", path: "/sessions/{id}", permission: "view", summary: "End one of your own sessions" },
        answer: [],
        statuses: [204],
      },
      manage("get", "/retention", "How long what is kept, and what goes next", { answer: retention.retention }),
      manage("patch", "/retention", "Change how long a class is kept", {
        body: retention.changeRetentionRequest,
        answer: retention.retention,
        notes: "409 with `rows` for fewer days than now that are not confirmed: so many rows are older.",
      }),
      manage("get", "/sign-in-limits", "Accounts and addresses that must wait before the next sign-in", {
        answer: staff.signInLimits,
      }),
      manage("delete", "/sign-in-limits", "Lift a sign-in limit", {
        query: staff.liftRequest,
        answer: [],
        statuses: [204],
        notes: "404 when there is no limit on it.",
      }),
      manage("post", "/staff/{id}/invitation", "Create a new one-time link for a person", {
        answer: staff.invitationAnswer,
        statuses: [201],
        notes: "Earlier links stop working.",
      }),
      post("/invitations/accept", "Set name and password with a one-time link", {
        permission: "public",
        body: staff.acceptRequest,
        answer: staff.acceptAnswer,
        notes:
          "404 when the link is used up, replaced or too old; 400 for a password that is easy to guess; 429 with `Retry-After` after 20 wrong links in 15 minutes.",
      }),
      manage("get", "/tokens", "Active API tokens, and those that ended recently", { answer: apiTokens.tokenList }),
      manage("post", "/tokens", "Create an API token", {
        body: apiTokens.createTokenRequest,
        answer: apiTokens.newToken,
        statuses: [201],
        notes: "It can do what its scopes allow, and nothing else.",
      }),
      manage("delete", "/tokens/{id}", "Revoke an API token, and the tokens created with it", {
        answer: apiTokens.tokenAnswer,
      }),
      manage("get", "/organisations", "Organisations that have events, to choose from", {
        answer: staff.organisationList,
      }),
      manage("get", "/audit", "The audit log, newest first", { query: audit.auditRequest, answer: audit.auditPage }),
      manage("get", "/audit/export", "The audit log as a file", {
        query: audit.auditExportRequest,
        answer: ["text/csv", "application/json"],
      }),
    ],
  },
  {
    title: "The rest",
    about: "For the console, and about this API.",
    operations: [
      get("/live", "Live changes: server-sent events that name topics and ids, never payloads", {
        query: asked.liveRequest,
        answer: ["text/event-stream"],
        notes: "`Last-Event-ID`, or `?after=`, continues from there. 503 when there are too many connections.",
      }),
      get("/search", "Events, replays, destinations and organisations by key, id, request id or name", {
        query: searchRequest,
        answer: searchAnswer,
      }),
      get("/rail", "Counts of dead letters and running replays", { answer: deadLetters.railCounts }),
      get("/notices", "Unread notices of the caller", { answer: replays.notices }),
      post("/notices", "Mark notices as seen", {
        permission: "view",
        body: asked.seenRequest,
        answer: replays.notices,
      }),
      get("/openapi.json", "This API as an OpenAPI 3.1 document", {
        permission: "public",
        answer: ["application/json"],
      }),
    ],
  },
];
