/**
 * The answer of each SQL function that TypeScript calls: one line per function, as the comments in supabase/schemas say. A
 * function without a line cannot be called. Its arguments are in arguments.ts. tests/pipeline/answers.test.ts checks the
 * real functions.
 */
import type { FailedWebhook } from "@/lib/contract/analytics";
import type { DeadLetters, RailCounts } from "@/lib/contract/dead-letters";
import type { ChangeResult, EventNeighbours, EventPage, RelatedEvents } from "@/lib/contract/events";
import type { EventHistogram, EventTypeCount, EventView } from "@/lib/contract/history";
import type { Notice, Replay, ReplayItem, ReplayPage, ReplaySummary } from "@/lib/contract/replays";
import type { Found } from "@/lib/contract/search";
import type { Source, WrongAddress } from "@/lib/contract/sources";
import type {
  ActionChoices,
  ApiToken,
  SignInLimit,
  StaffActionPage,
  StaffMember,
  StaffSession,
} from "@/lib/contract/staff";
import type { AlertAnswers } from "./alerts";
import type { SilenceAnswers } from "./alerts-silence";
import type { RejectionCount } from "./arguments";
import type { ChannelAnswers } from "./channels";
import type { EvidenceAnswers } from "./evidence";
import type { IncidentAnswers } from "./incidents";
import type { Acceptance, Claim, KnownSender, ProjectableItem, Recorded, StoredToken } from "./journey";
import type { ReadKpis, SignsOfLife, StoredMetrics } from "./metrics";
import type {
  Booking,
  DestinationChanged,
  DestinationTried,
  OpenInvitation,
  OwnedApiToken,
  ReplayDrafted,
  ReplayStarted,
  ReplaySteered,
  SampleMade,
  SealedDestination,
  SecretHolder,
  Staff,
  StaffChanged,
  StaffRefusal,
} from "./people";
import type {
  Changes,
  Condition,
  CountedReplay,
  DestinationDeliveries,
  DestinationHealthOf,
  DestinationWithoutHealth,
  EventOfPerson,
  KeyChoice,
  MerchantEvents,
  PersonFound,
  ReadAnalytics,
  ReplayFailures,
  SourcesOfProvider,
  StoredBody,
  StoredEvent,
} from "./reads";
import type { ReconciliationAnswers } from "./reconciliation";
import type { ReconciliationReadAnswers } from "./reconciliation-reads";
import type { RetentionAnswers } from "./retention";

export interface Answers
  extends ReconciliationAnswers,
    ReconciliationReadAnswers,
    EvidenceAnswers,
    IncidentAnswers,
    AlertAnswers,
    SilenceAnswers,
    ChannelAnswers,
    RetentionAnswers {
  // From the event's receipt to its end.
  accept_events: (Acceptance & { n: number })[];
  list_source_tokens: StoredToken[];
  record_senders: KnownSender[];
  take_allowance: { granted: number; wait_ms: number };
  record_rejections: Pick<RejectionCount, "provider" | "reason">[];
  configure_destinations: number;
  find_sealed_destination: SecretHolder | null;
  claim_deliveries: Claim;
  record_attempts: Recorded[];
  renew_lease: boolean;
  release_leases: number;
  expire_leases: number;
  maintain_destinations: number;
  advance_replays: number;
  apply_changes: ChangeResult[];

  // Commands of people.
  create_replay: ReplayDrafted;
  start_replay: ReplayStarted;
  control_replay: ReplaySteered;
  discard_draft: boolean;
  resolve_events: number;
  create_destination: DestinationChanged;
  update_destination: DestinationChanged;
  rotate_destination_secret: DestinationChanged;
  archive_destination: DestinationChanged;
  pause_destination: DestinationChanged;
  resume_destination: DestinationChanged;
  enable_destination: DestinationChanged;
  disable_destination: DestinationChanged;
  try_destination_now: DestinationTried;
  get_sealed_destination: SealedDestination | null;
  find_destination_by_url: SealedDestination | null;
  note_endpoint_test: boolean;
  create_sample: SampleMade;
  create_source: Omit<Source, "url"> | { refused: "beyond_scope" };
  update_source: Omit<Source, "url"> | { refused: "beyond_scope" } | null;
  rotate_source: Omit<Source, "url"> | null;
  delete_source: boolean;
  create_event_view: { view: EventView } | { refused: "name_taken" | "too_many" };
  delete_event_view: boolean;
  see_notices: null;
  record_staff_action: null;
  record_download: null;

  // People and their access.
  invite_staff: StaffChanged;
  link_staff: StaffChanged;
  change_staff: StaffChanged;
  open_invitation: { invitation: OpenInvitation | null; wait?: number };
  /** The e-mail to sign in with; null when the link is not valid. */
  accept_invitation: string | null;
  create_first_admin: boolean;
  set_staff_password: boolean;
  find_staff: (Staff & { password_hash: string | null }) | null;
  book_guess: Booking;
  forget_guess: null;
  record_refused_sign_in: null;
  lift_sign_in_limit: number;
  start_session: string | null;
  use_session: (Staff & { session_id: string }) | null;
  sign_out: boolean;
  end_session: boolean;
  end_all_sessions: { result: "ended" | StaffRefusal; ended?: number };
  create_api_token: ApiToken | { refused: "beyond_scope" };
  record_signed_token: string;
  revoke_api_token: ApiToken | null;
  use_api_token: OwnedApiToken | null;

  // Reads.
  list_events: EventPage;
  /** Counted up to 10,000. */
  count_events: number;
  get_event: StoredEvent | null;
  read_event_body: StoredBody | null;
  find_person: PersonFound | null;
  read_events_of_person: EventOfPerson[];
  event_neighbours: EventNeighbours | null;
  list_related_events: RelatedEvents | null;
  read_event_histogram: EventHistogram;
  count_event_types: EventTypeCount[];
  list_event_views: EventView[];
  list_organisations: string[];
  list_merchant_events: MerchantEvents;
  list_replays: ReplayPage;
  get_replay: Replay | null;
  list_replay_items: ReplayItem[];
  summarise_replay: Omit<ReplaySummary, "holds" | "trial">;
  read_replay_progress: Pick<ReplaySummary, "holds" | "trial">;
  list_replay_failures: ReplayFailures;
  list_missing_events: string[];
  list_key_choices: KeyChoice[];
  preview_replay: CountedReplay;
  list_projectable_items: ProjectableItem[];
  preview_changes: ChangeResult[];
  list_dead_letters: FailedWebhook[];
  list_dead_letter_groups: DeadLetters;
  read_nav_counts: Pick<RailCounts, "dead_letters" | "running_replays">;
  list_destinations: DestinationWithoutHealth[];
  get_destination: DestinationWithoutHealth | null;
  /** By the number of the destination. */
  read_health: Record<string, DestinationHealthOf>;
  /** Names by slug. */
  read_destination_names: Record<string, string>;
  list_destination_deliveries: DestinationDeliveries;
  /** By the slug of the provider. */
  list_sources: Record<string, SourcesOfProvider>;
  get_source: Omit<Source, "url"> | null;
  list_wrong_addresses: WrongAddress[];
  list_staff: StaffMember[];
  list_api_tokens: ApiToken[];
  list_sessions: Omit<StaffSession, "is_current">[];
  list_sign_in_limits: SignInLimit[];
  list_actions: StaffActionPage;
  list_action_choices: ActionChoices;
  list_notices: Notice[];
  read_analytics: ReadAnalytics;
  read_kpis: ReadKpis;
  search_everything: Found;
  changes_since: Changes;

  // Whether all is well.
  move_metric_totals: boolean;
  read_metrics: StoredMetrics;
  read_signs_of_life: SignsOfLife;
  read_condition: Condition;
  probe_write: null;
  read_clock: string;
  list_applied_migrations: string[] | null;
}
