// Generated from supabase/schemas by `npm run db:types`. Do not edit.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

export type Database = {
  public: {
    Tables: {
      alert_rule_channels: {
        Row: {
          channel_id: number;
          rule_id: number;
        };
        ComputedFields: never;
        Insert: {
          channel_id: number;
          rule_id: number;
        };
        Update: {
          channel_id?: number;
          rule_id?: number;
        };
        Relationships: [
          {
            foreignKeyName: "alert_rule_channels_channel_id_fkey";
            columns: ["channel_id"];
            isOneToOne: false;
            referencedRelation: "channels";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "alert_rule_channels_rule_id_fkey";
            columns: ["rule_id"];
            isOneToOne: false;
            referencedRelation: "alert_rules";
            referencedColumns: ["id"];
          },
        ];
      };
      alert_rules: {
        Row: {
          archived_at: string | null;
          bad_evaluations: number;
          created_at: string;
          destination_id: number | null;
          enabled: boolean;
          event_type: string | null;
          hold_seconds: number;
          id: number;
          kind: Database["public"]["Enums"]["alert_kind"];
          name: string;
          organisation_id: string | null;
          provider: string | null;
          repeat_seconds: number;
          settings: NonNullable<Json>;
          severity: Database["public"]["Enums"]["incident_severity"];
          slug: string | null;
          updated_at: string;
          version: number;
          back_test_unit: string | null;
          expected_series: {
            destination_id: number;
            event_type: string;
            organisation_id: string;
            provider: string;
          } | null;
        };
        ComputedFields: "back_test_unit" | "expected_series";
        Insert: {
          archived_at?: string | null;
          bad_evaluations?: number;
          created_at?: string;
          destination_id?: number | null;
          enabled?: boolean;
          event_type?: string | null;
          hold_seconds?: number;
          id?: never;
          kind: Database["public"]["Enums"]["alert_kind"];
          name: string;
          organisation_id?: string | null;
          provider?: string | null;
          repeat_seconds?: number;
          settings: NonNullable<Json>;
          severity: Database["public"]["Enums"]["incident_severity"];
          slug?: string | null;
          updated_at?: string;
          version?: number;
        };
        Update: {
          archived_at?: string | null;
          bad_evaluations?: number;
          created_at?: string;
          destination_id?: number | null;
          enabled?: boolean;
          event_type?: string | null;
          hold_seconds?: number;
          id?: never;
          kind?: Database["public"]["Enums"]["alert_kind"];
          name?: string;
          organisation_id?: string | null;
          provider?: string | null;
          repeat_seconds?: number;
          settings?: NonNullable<Json>;
          severity?: Database["public"]["Enums"]["incident_severity"];
          slug?: string | null;
          updated_at?: string;
          version?: number;
        };
        Relationships: [
          {
            foreignKeyName: "alert_rules_destination_id_fkey";
            columns: ["destination_id"];
            isOneToOne: false;
            referencedRelation: "destinations";
            referencedColumns: ["id"];
          },
        ];
      };
      alert_series: {
        Row: {
          alert_id: number | null;
          asking_run_id: number | null;
          asking_until: string | null;
          bad: number;
          destination_id: number | null;
          evaluate_after: string;
          evaluated_at: string | null;
          event_type: string | null;
          explain: NonNullable<Json>;
          id: number;
          organisation_id: string | null;
          problem: string | null;
          provider: string | null;
          rule_id: number;
          since: string;
          state: Database["public"]["Enums"]["alert_state"];
          value: number | null;
          well_since: string | null;
          missing_of: {
            identity: string;
            occurred_at: string;
            run: number;
          } | null;
          resolve_series: string | null;
          subject_in_words: string | null;
        };
        ComputedFields: "missing_of" | "resolve_series" | "subject_in_words";
        Insert: {
          alert_id?: number | null;
          asking_run_id?: number | null;
          asking_until?: string | null;
          bad?: number;
          destination_id?: number | null;
          evaluate_after?: string;
          evaluated_at?: string | null;
          event_type?: string | null;
          explain?: NonNullable<Json>;
          id?: never;
          organisation_id?: string | null;
          problem?: string | null;
          provider?: string | null;
          rule_id: number;
          since?: string;
          state?: Database["public"]["Enums"]["alert_state"];
          value?: number | null;
          well_since?: string | null;
        };
        Update: {
          alert_id?: number | null;
          asking_run_id?: number | null;
          asking_until?: string | null;
          bad?: number;
          destination_id?: number | null;
          evaluate_after?: string;
          evaluated_at?: string | null;
          event_type?: string | null;
          explain?: NonNullable<Json>;
          id?: never;
          organisation_id?: string | null;
          problem?: string | null;
          provider?: string | null;
          rule_id?: number;
          since?: string;
          state?: Database["public"]["Enums"]["alert_state"];
          value?: number | null;
          well_since?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "alert_series_destination_id_fkey";
            columns: ["destination_id"];
            isOneToOne: false;
            referencedRelation: "destinations";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "alert_series_rule_id_fkey";
            columns: ["rule_id"];
            isOneToOne: false;
            referencedRelation: "alert_rules";
            referencedColumns: ["id"];
          },
        ];
      };
      alert_silences: {
        Row: {
          actor: string;
          actor_id: string;
          begins_at: string;
          created_at: string;
          destination_id: number | null;
          ended_by: string | null;
          ends_at: string;
          event_type: string | null;
          id: number;
          kind: Database["public"]["Enums"]["alert_kind"] | null;
          organisation_id: string | null;
          provider: string | null;
          reason: string;
          rule_id: number | null;
          scope: string[] | null;
        };
        ComputedFields: never;
        Insert: {
          actor: string;
          actor_id: string;
          begins_at?: string;
          created_at?: string;
          destination_id?: number | null;
          ended_by?: string | null;
          ends_at: string;
          event_type?: string | null;
          id?: never;
          kind?: Database["public"]["Enums"]["alert_kind"] | null;
          organisation_id?: string | null;
          provider?: string | null;
          reason: string;
          rule_id?: number | null;
          scope?: string[] | null;
        };
        Update: {
          actor?: string;
          actor_id?: string;
          begins_at?: string;
          created_at?: string;
          destination_id?: number | null;
          ended_by?: string | null;
          ends_at?: string;
          event_type?: string | null;
          id?: never;
          kind?: Database["public"]["Enums"]["alert_kind"] | null;
          organisation_id?: string | null;
          provider?: string | null;
          reason?: string;
          rule_id?: number | null;
          scope?: string[] | null;
        };
        Relationships: [
          {
            foreignKeyName: "alert_silences_destination_id_fkey";
            columns: ["destination_id"];
            isOneToOne: false;
            referencedRelation: "destinations";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "alert_silences_rule_id_fkey";
            columns: ["rule_id"];
            isOneToOne: false;
            referencedRelation: "alert_rules";
            referencedColumns: ["id"];
          },
        ];
      };
      alerts: {
        Row: {
          acknowledged_at: string | null;
          acknowledged_by: string | null;
          acknowledged_by_id: string | null;
          assignee: string | null;
          assignee_id: string | null;
          destination_id: number | null;
          event_type: string | null;
          explain: NonNullable<Json>;
          fired_at: string;
          id: number;
          incident_id: number | null;
          kind: Database["public"]["Enums"]["alert_kind"];
          note: string | null;
          organisation_id: string | null;
          provider: string | null;
          resolved_at: string | null;
          rule_id: number;
          series_id: number | null;
          severity: Database["public"]["Enums"]["incident_severity"];
          summary: string;
          suppressed_because: string | null;
          notify_acknowledged: number | null;
          notify_again: number | null;
          notify_fired: number | null;
          notify_resolved: number | null;
          recipients_of: {
            channel_id: number;
            group_key: string;
            repeats: boolean;
            staff_id: string;
          } | null;
          suppression_of: string | null;
          told_alert: Json | null;
        };
        ComputedFields:
          | "notify_acknowledged"
          | "notify_again"
          | "notify_fired"
          | "notify_resolved"
          | "recipients_of"
          | "suppression_of"
          | "told_alert";
        Insert: {
          acknowledged_at?: string | null;
          acknowledged_by?: string | null;
          acknowledged_by_id?: string | null;
          assignee?: string | null;
          assignee_id?: string | null;
          destination_id?: number | null;
          event_type?: string | null;
          explain: NonNullable<Json>;
          fired_at?: string;
          id?: never;
          incident_id?: number | null;
          kind: Database["public"]["Enums"]["alert_kind"];
          note?: string | null;
          organisation_id?: string | null;
          provider?: string | null;
          resolved_at?: string | null;
          rule_id: number;
          series_id?: number | null;
          severity: Database["public"]["Enums"]["incident_severity"];
          summary: string;
          suppressed_because?: string | null;
        };
        Update: {
          acknowledged_at?: string | null;
          acknowledged_by?: string | null;
          acknowledged_by_id?: string | null;
          assignee?: string | null;
          assignee_id?: string | null;
          destination_id?: number | null;
          event_type?: string | null;
          explain?: NonNullable<Json>;
          fired_at?: string;
          id?: never;
          incident_id?: number | null;
          kind?: Database["public"]["Enums"]["alert_kind"];
          note?: string | null;
          organisation_id?: string | null;
          provider?: string | null;
          resolved_at?: string | null;
          rule_id?: number;
          series_id?: number | null;
          severity?: Database["public"]["Enums"]["incident_severity"];
          summary?: string;
          suppressed_because?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "alerts_incident_id_fkey";
            columns: ["incident_id"];
            isOneToOne: false;
            referencedRelation: "incidents";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "alerts_rule_id_fkey";
            columns: ["rule_id"];
            isOneToOne: false;
            referencedRelation: "alert_rules";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "alerts_series_id_fkey";
            columns: ["series_id"];
            isOneToOne: false;
            referencedRelation: "alert_series";
            referencedColumns: ["id"];
          },
        ];
      };
      api_budgets: {
        Row: {
          account: string;
          next_at: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          account: string;
          next_at: string;
          updated_at?: string;
        };
        Update: {
          account?: string;
          next_at?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
      api_credentials: {
        Row: {
          created_at: string;
          fields: NonNullable<Json>;
          hints: NonNullable<Json>;
          id: number;
          problem: string | null;
          provider: string;
          source_id: number | null;
          tested_at: string | null;
          updated_at: string;
          api_credentials_json: Json | null;
        };
        ComputedFields: "api_credentials_json";
        Insert: {
          created_at?: string;
          fields: NonNullable<Json>;
          hints?: NonNullable<Json>;
          id?: never;
          problem?: string | null;
          provider: string;
          source_id?: number | null;
          tested_at?: string | null;
          updated_at?: string;
        };
        Update: {
          created_at?: string;
          fields?: NonNullable<Json>;
          hints?: NonNullable<Json>;
          id?: never;
          problem?: string | null;
          provider?: string;
          source_id?: number | null;
          tested_at?: string | null;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "api_credentials_source_id_fkey";
            columns: ["source_id"];
            isOneToOne: false;
            referencedRelation: "sources";
            referencedColumns: ["id"];
          },
        ];
      };
      api_requests: {
        Row: {
          asked_at: string;
          entries: number | null;
          id: number;
          method: string;
          milliseconds: number;
          problem: string | null;
          provider: string;
          provider_request_id: string | null;
          reconciliation_id: number | null;
          status_code: number | null;
          url: string;
          window_id: number | null;
        };
        ComputedFields: never;
        Insert: {
          asked_at?: string;
          entries?: number | null;
          id?: never;
          method: string;
          milliseconds: number;
          problem?: string | null;
          provider: string;
          provider_request_id?: string | null;
          reconciliation_id?: number | null;
          status_code?: number | null;
          url: string;
          window_id?: number | null;
        };
        Update: {
          asked_at?: string;
          entries?: number | null;
          id?: never;
          method?: string;
          milliseconds?: number;
          problem?: string | null;
          provider?: string;
          provider_request_id?: string | null;
          reconciliation_id?: number | null;
          status_code?: number | null;
          url?: string;
          window_id?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "api_requests_reconciliation_id_fkey";
            columns: ["reconciliation_id"];
            isOneToOne: false;
            referencedRelation: "reconciliations";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "api_requests_window_id_fkey";
            columns: ["window_id"];
            isOneToOne: false;
            referencedRelation: "reconciliation_windows";
            referencedColumns: ["id"];
          },
        ];
      };
      api_tokens: {
        Row: {
          created_at: string;
          created_by: string;
          expires_at: string;
          hint: string;
          id: number;
          is_signed: boolean;
          last_used_at: string | null;
          name: string;
          organisations: string[] | null;
          owner_id: string | null;
          parent_id: number | null;
          revoked_at: string | null;
          role: Database["public"]["Enums"]["staff_role"] | null;
          scopes: string[];
          token_hash: string;
          api_token_json: Json | null;
          token_scope: string[] | null;
        };
        ComputedFields: "api_token_json" | "token_scope";
        Insert: {
          created_at?: string;
          created_by: string;
          expires_at: string;
          hint: string;
          id?: never;
          is_signed?: boolean;
          last_used_at?: string | null;
          name: string;
          organisations?: string[] | null;
          owner_id?: string | null;
          parent_id?: number | null;
          revoked_at?: string | null;
          role?: Database["public"]["Enums"]["staff_role"] | null;
          scopes: string[];
          token_hash: string;
        };
        Update: {
          created_at?: string;
          created_by?: string;
          expires_at?: string;
          hint?: string;
          id?: never;
          is_signed?: boolean;
          last_used_at?: string | null;
          name?: string;
          organisations?: string[] | null;
          owner_id?: string | null;
          parent_id?: number | null;
          revoked_at?: string | null;
          role?: Database["public"]["Enums"]["staff_role"] | null;
          scopes?: string[];
          token_hash?: string;
        };
        Relationships: [
          {
            foreignKeyName: "api_tokens_owner_id_fkey";
            columns: ["owner_id"];
            isOneToOne: false;
            referencedRelation: "staff_users";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "api_tokens_parent_id_fkey";
            columns: ["parent_id"];
            isOneToOne: false;
            referencedRelation: "api_tokens";
            referencedColumns: ["id"];
          },
        ];
      };
      arrival_habits: {
        Row: {
          days: number;
          event_type: string;
          learnt_at: string;
          organisation_id: string;
          per_day: number;
          provider: string;
          rates: number[];
          spread: number | null;
          threshold: number;
        };
        ComputedFields: never;
        Insert: {
          days: number;
          event_type: string;
          learnt_at?: string;
          organisation_id?: string;
          per_day: number;
          provider: string;
          rates: number[];
          spread?: number | null;
          threshold: number;
        };
        Update: {
          days?: number;
          event_type?: string;
          learnt_at?: string;
          organisation_id?: string;
          per_day?: number;
          provider?: string;
          rates?: number[];
          spread?: number | null;
          threshold?: number;
        };
        Relationships: [];
      };
      attempts: {
        Row: {
          changes: NonNullable<Json>;
          delivery_id: number;
          duration_ms: number | null;
          error: string | null;
          error_class: Database["public"]["Enums"]["error_class"] | null;
          fence: number;
          finished_at: string | null;
          http_status: number | null;
          id: number;
          number: number;
          replay_id: number | null;
          response_body: string | null;
          response_headers: Json | null;
          response_truncated: boolean;
          retry_at: string | null;
          started_at: string;
          status: Database["public"]["Enums"]["attempt_status"];
          worker: string;
          attempt_for_export: Json | null;
          attempt_json: Json | null;
        };
        ComputedFields: "attempt_for_export" | "attempt_json";
        Insert: {
          changes?: NonNullable<Json>;
          delivery_id: number;
          duration_ms?: number | null;
          error?: string | null;
          error_class?: Database["public"]["Enums"]["error_class"] | null;
          fence: number;
          finished_at?: string | null;
          http_status?: number | null;
          id?: never;
          number: number;
          replay_id?: number | null;
          response_body?: string | null;
          response_headers?: Json | null;
          response_truncated?: boolean;
          retry_at?: string | null;
          started_at?: string;
          status?: Database["public"]["Enums"]["attempt_status"];
          worker: string;
        };
        Update: {
          changes?: NonNullable<Json>;
          delivery_id?: number;
          duration_ms?: number | null;
          error?: string | null;
          error_class?: Database["public"]["Enums"]["error_class"] | null;
          fence?: number;
          finished_at?: string | null;
          http_status?: number | null;
          id?: never;
          number?: number;
          replay_id?: number | null;
          response_body?: string | null;
          response_headers?: Json | null;
          response_truncated?: boolean;
          retry_at?: string | null;
          started_at?: string;
          status?: Database["public"]["Enums"]["attempt_status"];
          worker?: string;
        };
        Relationships: [
          {
            foreignKeyName: "attempts_replay_id_fkey";
            columns: ["replay_id"];
            isOneToOne: false;
            referencedRelation: "replays";
            referencedColumns: ["id"];
          },
        ];
      };
      audit_logs: {
        Row: {
          action: string;
          created_at: string;
          details: NonNullable<Json>;
          id: number;
          source_event: string;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          action: string;
          created_at?: string;
          details: NonNullable<Json>;
          id?: never;
          source_event: string;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          action?: string;
          created_at?: string;
          details?: NonNullable<Json>;
          id?: never;
          source_event?: string;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      businesses: {
        Row: {
          created_at: string;
          id: number;
          last_payment_date: string | null;
          stripe_customer_id: string;
          stripe_subscription_id: string | null;
          subscription_ended_at: string | null;
          subscription_plan: string | null;
          subscription_start_date: string | null;
          subscription_status: string | null;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          id?: never;
          last_payment_date?: string | null;
          stripe_customer_id: string;
          stripe_subscription_id?: string | null;
          subscription_ended_at?: string | null;
          subscription_plan?: string | null;
          subscription_start_date?: string | null;
          subscription_status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          created_at?: string;
          id?: never;
          last_payment_date?: string | null;
          stripe_customer_id?: string;
          stripe_subscription_id?: string | null;
          subscription_ended_at?: string | null;
          subscription_plan?: string | null;
          subscription_start_date?: string | null;
          subscription_status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      call_logs: {
        Row: {
          answered_at: string | null;
          business_id: string | null;
          business_phone: string | null;
          call_id: string;
          call_type: string | null;
          created_at: string;
          customer_phone: string | null;
          ended_at: string | null;
          hangup_cause: string | null;
          id: number;
          started_at: string | null;
          status: string | null;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          answered_at?: string | null;
          business_id?: string | null;
          business_phone?: string | null;
          call_id: string;
          call_type?: string | null;
          created_at?: string;
          customer_phone?: string | null;
          ended_at?: string | null;
          hangup_cause?: string | null;
          id?: never;
          started_at?: string | null;
          status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          answered_at?: string | null;
          business_id?: string | null;
          business_phone?: string | null;
          call_id?: string;
          call_type?: string | null;
          created_at?: string;
          customer_phone?: string | null;
          ended_at?: string | null;
          hangup_cause?: string | null;
          id?: never;
          started_at?: string | null;
          status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      campaigns: {
        Row: {
          campaign_id: string;
          created_at: string;
          id: number;
          name: string | null;
          organisation_id: string;
          provider: string;
          status: string | null;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          campaign_id: string;
          created_at?: string;
          id?: never;
          name?: string | null;
          organisation_id?: string;
          provider: string;
          status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          campaign_id?: string;
          created_at?: string;
          id?: never;
          name?: string | null;
          organisation_id?: string;
          provider?: string;
          status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      channels: {
        Row: {
          archived_at: string | null;
          created_at: string;
          enabled: boolean;
          failures: number;
          hints: NonNullable<Json>;
          id: number;
          kind: Database["public"]["Enums"]["channel_kind"];
          last_failed_at: string | null;
          last_sent_at: string | null;
          name: string;
          organisations: string[] | null;
          problem: string | null;
          secrets: NonNullable<Json>;
          settings: NonNullable<Json>;
          severities: Database["public"]["Enums"]["incident_severity"][];
          tells_replays: boolean;
          updated_at: string;
          version: number;
          channel_json: Json | null;
        };
        ComputedFields: "channel_json";
        Insert: {
          archived_at?: string | null;
          created_at?: string;
          enabled?: boolean;
          failures?: number;
          hints?: NonNullable<Json>;
          id?: never;
          kind: Database["public"]["Enums"]["channel_kind"];
          last_failed_at?: string | null;
          last_sent_at?: string | null;
          name: string;
          organisations?: string[] | null;
          problem?: string | null;
          secrets?: NonNullable<Json>;
          settings?: NonNullable<Json>;
          severities?: Database["public"]["Enums"]["incident_severity"][];
          tells_replays?: boolean;
          updated_at?: string;
          version?: number;
        };
        Update: {
          archived_at?: string | null;
          created_at?: string;
          enabled?: boolean;
          failures?: number;
          hints?: NonNullable<Json>;
          id?: never;
          kind?: Database["public"]["Enums"]["channel_kind"];
          last_failed_at?: string | null;
          last_sent_at?: string | null;
          name?: string;
          organisations?: string[] | null;
          problem?: string | null;
          secrets?: NonNullable<Json>;
          settings?: NonNullable<Json>;
          severities?: Database["public"]["Enums"]["incident_severity"][];
          tells_replays?: boolean;
          updated_at?: string;
          version?: number;
        };
        Relationships: [];
      };
      customers: {
        Row: {
          company_id: string;
          created_at: string;
          customer_id: string;
          deleted_at: string | null;
          email: string | null;
          first_name: string | null;
          id: number;
          last_name: string | null;
          organisation_id: string;
          phone: string | null;
          redacted_at: string | null;
          shop: string | null;
          state: string | null;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          company_id?: string;
          created_at?: string;
          customer_id: string;
          deleted_at?: string | null;
          email?: string | null;
          first_name?: string | null;
          id?: never;
          last_name?: string | null;
          organisation_id?: string;
          phone?: string | null;
          redacted_at?: string | null;
          shop?: string | null;
          state?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          company_id?: string;
          created_at?: string;
          customer_id?: string;
          deleted_at?: string | null;
          email?: string | null;
          first_name?: string | null;
          id?: never;
          last_name?: string | null;
          organisation_id?: string;
          phone?: string | null;
          redacted_at?: string | null;
          shop?: string | null;
          state?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      deliveries: {
        Row: {
          attempt_count: number;
          created_at: string;
          destination_id: number;
          due_at: string;
          error_group: string | null;
          event_id: number;
          fence: number;
          finished_at: string | null;
          id: number;
          lane: Database["public"]["Enums"]["delivery_lane"];
          last_error: string | null;
          last_error_class: Database["public"]["Enums"]["error_class"] | null;
          last_http_status: number | null;
          lease_until: string | null;
          ordering_key: string | null;
          replay_id: number | null;
          status: Database["public"]["Enums"]["delivery_status"];
          tries: number;
          worker: string | null;
        };
        ComputedFields: never;
        Insert: {
          attempt_count?: number;
          created_at?: string;
          destination_id: number;
          due_at?: string;
          error_group?: never;
          event_id: number;
          fence?: number;
          finished_at?: string | null;
          id?: never;
          lane?: Database["public"]["Enums"]["delivery_lane"];
          last_error?: string | null;
          last_error_class?: Database["public"]["Enums"]["error_class"] | null;
          last_http_status?: number | null;
          lease_until?: string | null;
          ordering_key?: string | null;
          replay_id?: number | null;
          status?: Database["public"]["Enums"]["delivery_status"];
          tries?: number;
          worker?: string | null;
        };
        Update: {
          attempt_count?: number;
          created_at?: string;
          destination_id?: number;
          due_at?: string;
          error_group?: never;
          event_id?: number;
          fence?: number;
          finished_at?: string | null;
          id?: never;
          lane?: Database["public"]["Enums"]["delivery_lane"];
          last_error?: string | null;
          last_error_class?: Database["public"]["Enums"]["error_class"] | null;
          last_http_status?: number | null;
          lease_until?: string | null;
          ordering_key?: string | null;
          replay_id?: number | null;
          status?: Database["public"]["Enums"]["delivery_status"];
          tries?: number;
          worker?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "deliveries_destination_id_fkey";
            columns: ["destination_id"];
            isOneToOne: false;
            referencedRelation: "destinations";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "deliveries_replay_id_fkey";
            columns: ["replay_id"];
            isOneToOne: false;
            referencedRelation: "replays";
            referencedColumns: ["id"];
          },
        ];
      };
      destination_health: {
        Row: {
          breaker: Database["public"]["Enums"]["breaker_state"];
          consecutive_failures: number;
          destination_id: number;
          disable_because: string | null;
          failing_since: string | null;
          last_error: string | null;
          last_error_class: Database["public"]["Enums"]["error_class"] | null;
          last_failure_at: string | null;
          last_success_at: string | null;
          opened_at: string | null;
          probe_at: string | null;
          probe_delivery_id: number | null;
          ramp: number | null;
          rate_used_until: string | null;
          recent_max_ms: number | null;
          throttled_until: string | null;
          trips: number;
          warned_at: string | null;
        };
        ComputedFields: never;
        Insert: {
          breaker?: Database["public"]["Enums"]["breaker_state"];
          consecutive_failures?: number;
          destination_id: number;
          disable_because?: string | null;
          failing_since?: string | null;
          last_error?: string | null;
          last_error_class?: Database["public"]["Enums"]["error_class"] | null;
          last_failure_at?: string | null;
          last_success_at?: string | null;
          opened_at?: string | null;
          probe_at?: string | null;
          probe_delivery_id?: number | null;
          ramp?: number | null;
          rate_used_until?: string | null;
          recent_max_ms?: number | null;
          throttled_until?: string | null;
          trips?: number;
          warned_at?: string | null;
        };
        Update: {
          breaker?: Database["public"]["Enums"]["breaker_state"];
          consecutive_failures?: number;
          destination_id?: number;
          disable_because?: string | null;
          failing_since?: string | null;
          last_error?: string | null;
          last_error_class?: Database["public"]["Enums"]["error_class"] | null;
          last_failure_at?: string | null;
          last_success_at?: string | null;
          opened_at?: string | null;
          probe_at?: string | null;
          probe_delivery_id?: number | null;
          ramp?: number | null;
          rate_used_until?: string | null;
          recent_max_ms?: number | null;
          throttled_until?: string | null;
          trips?: number;
          warned_at?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "destination_health_destination_id_fkey";
            columns: ["destination_id"];
            isOneToOne: true;
            referencedRelation: "destinations";
            referencedColumns: ["id"];
          },
        ];
      };
      destination_statistics: {
        Row: {
          against: number;
          at: string;
          counted: number;
          destination_id: number;
          failed: number;
          latency: number[];
          span: string;
          succeeded: number;
        };
        ComputedFields: never;
        Insert: {
          against?: number;
          at: string;
          counted?: number;
          destination_id: number;
          failed?: number;
          latency: number[];
          span: string;
          succeeded?: number;
        };
        Update: {
          against?: number;
          at?: string;
          counted?: number;
          destination_id?: number;
          failed?: number;
          latency?: number[];
          span?: string;
          succeeded?: number;
        };
        Relationships: [
          {
            foreignKeyName: "destination_statistics_destination_id_fkey";
            columns: ["destination_id"];
            isOneToOne: false;
            referencedRelation: "destinations";
            referencedColumns: ["id"];
          },
        ];
      };
      destinations: {
        Row: {
          archived_at: string | null;
          backoff_factor: number;
          base_delay_ms: number;
          created_at: string;
          disabled_at: string | null;
          disabled_because: string | null;
          enabled: boolean;
          event_types: string[];
          headers: NonNullable<Json>;
          id: number;
          kind: Database["public"]["Enums"]["destination_kind"];
          livemode: Database["public"]["Enums"]["livemode_choice"];
          managed: boolean;
          max_attempts: number;
          max_concurrency: number;
          name: string;
          ordering: Database["public"]["Enums"]["delivery_ordering"];
          organisation_id: string | null;
          paused_at: string | null;
          providers: string[];
          rate_per_second: number | null;
          secrets: NonNullable<Json>;
          slug: string;
          takes_internal: boolean;
          timeout_ms: number;
          updated_at: string;
          url: string | null;
          wants_families: boolean | null;
          burst_of: string | null;
          destination_json: Json | null;
          first_status: Database["public"]["Enums"]["delivery_status"] | null;
          takes_deliveries: boolean | null;
        };
        ComputedFields: "burst_of" | "destination_json" | "first_status" | "takes_deliveries";
        Insert: {
          archived_at?: string | null;
          backoff_factor?: number;
          base_delay_ms?: number;
          created_at?: string;
          disabled_at?: string | null;
          disabled_because?: string | null;
          enabled?: boolean;
          event_types?: string[];
          headers?: NonNullable<Json>;
          id?: never;
          kind: Database["public"]["Enums"]["destination_kind"];
          livemode?: Database["public"]["Enums"]["livemode_choice"];
          managed?: boolean;
          max_attempts?: number;
          max_concurrency?: number;
          name: string;
          ordering?: Database["public"]["Enums"]["delivery_ordering"];
          organisation_id?: string | null;
          paused_at?: string | null;
          providers: string[];
          rate_per_second?: number | null;
          secrets?: NonNullable<Json>;
          slug: string;
          takes_internal?: boolean;
          timeout_ms?: number;
          updated_at?: string;
          url?: string | null;
          wants_families?: never;
        };
        Update: {
          archived_at?: string | null;
          backoff_factor?: number;
          base_delay_ms?: number;
          created_at?: string;
          disabled_at?: string | null;
          disabled_because?: string | null;
          enabled?: boolean;
          event_types?: string[];
          headers?: NonNullable<Json>;
          id?: never;
          kind?: Database["public"]["Enums"]["destination_kind"];
          livemode?: Database["public"]["Enums"]["livemode_choice"];
          managed?: boolean;
          max_attempts?: number;
          max_concurrency?: number;
          name?: string;
          ordering?: Database["public"]["Enums"]["delivery_ordering"];
          organisation_id?: string | null;
          paused_at?: string | null;
          providers?: string[];
          rate_per_second?: number | null;
          secrets?: NonNullable<Json>;
          slug?: string;
          takes_internal?: boolean;
          timeout_ms?: number;
          updated_at?: string;
          url?: string | null;
          wants_families?: never;
        };
        Relationships: [];
      };
      event_assignees: {
        Row: {
          assigned_at: string;
          assigned_by: string;
          assignee: string;
          assignee_id: string;
          event_id: number;
        };
        ComputedFields: never;
        Insert: {
          assigned_at?: string;
          assigned_by: string;
          assignee: string;
          assignee_id: string;
          event_id: number;
        };
        Update: {
          assigned_at?: string;
          assigned_by?: string;
          assignee?: string;
          assignee_id?: string;
          event_id?: number;
        };
        Relationships: [];
      };
      event_bodies: {
        Row: {
          dense_body: string | null;
          event_id: number;
          raw_body: string | null;
        };
        ComputedFields: never;
        Insert: {
          dense_body?: string | null;
          event_id: number;
          raw_body?: string | null;
        };
        Update: {
          dense_body?: string | null;
          event_id?: number;
          raw_body?: string | null;
        };
        Relationships: [];
      };
      event_bodies_first: {
        Row: {
          dense_body: string | null;
          event_id: number;
          raw_body: string | null;
        };
        ComputedFields: never;
        Insert: {
          dense_body?: string | null;
          event_id: number;
          raw_body?: string | null;
        };
        Update: {
          dense_body?: string | null;
          event_id?: number;
          raw_body?: string | null;
        };
        Relationships: [];
      };
      event_keys: {
        Row: {
          event_id: number;
          key_hash: string;
          provider: string;
          source_id: number | null;
          variant: string;
        };
        ComputedFields: never;
        Insert: {
          event_id: number;
          key_hash: string;
          provider: string;
          source_id?: number | null;
          variant?: string;
        };
        Update: {
          event_id?: number;
          key_hash?: string;
          provider?: string;
          source_id?: number | null;
          variant?: string;
        };
        Relationships: [
          {
            foreignKeyName: "event_keys_source_id_fkey";
            columns: ["source_id"];
            isOneToOne: false;
            referencedRelation: "sources";
            referencedColumns: ["id"];
          },
        ];
      };
      event_notes: {
        Row: {
          actor: string;
          actor_id: string;
          event_id: number;
          id: number;
          message: string;
          request_id: string | null;
          written_at: string;
          event_note_json: Json | null;
        };
        ComputedFields: "event_note_json";
        Insert: {
          actor: string;
          actor_id: string;
          event_id: number;
          id?: never;
          message: string;
          request_id?: string | null;
          written_at?: string;
        };
        Update: {
          actor?: string;
          actor_id?: string;
          event_id?: number;
          id?: never;
          message?: string;
          request_id?: string | null;
          written_at?: string;
        };
        Relationships: [];
      };
      event_views: {
        Row: {
          created_at: string;
          id: number;
          name: string;
          query: string;
          staff_id: string;
          event_view_json: Json | null;
        };
        ComputedFields: "event_view_json";
        Insert: {
          created_at?: string;
          id?: never;
          name: string;
          query: string;
          staff_id: string;
        };
        Update: {
          created_at?: string;
          id?: never;
          name?: string;
          query?: string;
          staff_id?: string;
        };
        Relationships: [
          {
            foreignKeyName: "event_views_staff_id_fkey";
            columns: ["staff_id"];
            isOneToOne: false;
            referencedRelation: "staff_users";
            referencedColumns: ["id"];
          },
        ];
      };
      events: {
        Row: {
          amount: number | null;
          amount_kind: Database["public"]["Enums"]["amount_kind"] | null;
          attempt_count: number;
          body_sha256: string;
          body_size: number;
          company_id: string | null;
          conflict_count: number;
          content_type: string | null;
          currency: string | null;
          customer_id: string | null;
          duplicate_count: number;
          event_key: string;
          event_type: string;
          fingerprint: string;
          flags: Database["public"]["Enums"]["event_flag"][];
          headers: NonNullable<Json>;
          id: number;
          last_error: string | null;
          last_error_class: Database["public"]["Enums"]["error_class"] | null;
          livemode: boolean | null;
          logical_key: string | null;
          method: string;
          object_id: string | null;
          object_type: string | null;
          occurred_at: string | null;
          organisation_id: string | null;
          origin: Database["public"]["Enums"]["event_origin"] | null;
          parse_status: Database["public"]["Enums"]["parse_status"];
          path: string;
          payload: Json | null;
          processed_at: string | null;
          provider: string;
          received_at: string;
          redacted_at: string | null;
          rendering: string | null;
          replaces_older: boolean;
          replay_count: number;
          request_id: string | null;
          source_id: number | null;
          status: Database["public"]["Enums"]["event_status"];
          suspected_replay: boolean;
          terms: unknown;
          traceparent: string | null;
          trust: Database["public"]["Enums"]["trust_level"];
          unsigned_key: boolean;
          variant_of: number | null;
          item_identity: string | null;
          payload_bytes: number | null;
          payload_for_reader: Json | null;
          payload_of: Json | null;
          privacy_request_json: Json | null;
          redact_new_event: {
            amount: number | null;
            amount_kind: Database["public"]["Enums"]["amount_kind"] | null;
            attempt_count: number;
            body_sha256: string;
            body_size: number;
            company_id: string | null;
            conflict_count: number;
            content_type: string | null;
            currency: string | null;
            customer_id: string | null;
            duplicate_count: number;
            event_key: string;
            event_type: string;
            fingerprint: string;
            flags: Database["public"]["Enums"]["event_flag"][];
            headers: NonNullable<Json>;
            id: number;
            last_error: string | null;
            last_error_class: Database["public"]["Enums"]["error_class"] | null;
            livemode: boolean | null;
            logical_key: string | null;
            method: string;
            object_id: string | null;
            object_type: string | null;
            occurred_at: string | null;
            organisation_id: string | null;
            origin: Database["public"]["Enums"]["event_origin"] | null;
            parse_status: Database["public"]["Enums"]["parse_status"];
            path: string;
            payload: Json | null;
            processed_at: string | null;
            provider: string;
            received_at: string;
            redacted_at: string | null;
            rendering: string | null;
            replaces_older: boolean;
            replay_count: number;
            request_id: string | null;
            source_id: number | null;
            status: Database["public"]["Enums"]["event_status"];
            suspected_replay: boolean;
            terms: unknown;
            traceparent: string | null;
            trust: Database["public"]["Enums"]["trust_level"];
            unsigned_key: boolean;
            variant_of: number | null;
          } | null;
          redacted_body: string | null;
          redacted_event: {
            amount: number | null;
            amount_kind: Database["public"]["Enums"]["amount_kind"] | null;
            attempt_count: number;
            body_sha256: string;
            body_size: number;
            company_id: string | null;
            conflict_count: number;
            content_type: string | null;
            currency: string | null;
            customer_id: string | null;
            duplicate_count: number;
            event_key: string;
            event_type: string;
            fingerprint: string;
            flags: Database["public"]["Enums"]["event_flag"][];
            headers: NonNullable<Json>;
            id: number;
            last_error: string | null;
            last_error_class: Database["public"]["Enums"]["error_class"] | null;
            livemode: boolean | null;
            logical_key: string | null;
            method: string;
            object_id: string | null;
            object_type: string | null;
            occurred_at: string | null;
            organisation_id: string | null;
            origin: Database["public"]["Enums"]["event_origin"] | null;
            parse_status: Database["public"]["Enums"]["parse_status"];
            path: string;
            payload: Json | null;
            processed_at: string | null;
            provider: string;
            received_at: string;
            redacted_at: string | null;
            rendering: string | null;
            replaces_older: boolean;
            replay_count: number;
            request_id: string | null;
            source_id: number | null;
            status: Database["public"]["Enums"]["event_status"];
            suspected_replay: boolean;
            terms: unknown;
            traceparent: string | null;
            trust: Database["public"]["Enums"]["trust_level"];
            unsigned_key: boolean;
            variant_of: number | null;
          } | null;
          said_by: string | null;
          shop_of: string | null;
        };
        ComputedFields:
          | "item_identity"
          | "payload_bytes"
          | "payload_for_reader"
          | "payload_of"
          | "privacy_request_json"
          | "redact_new_event"
          | "redacted_body"
          | "redacted_event"
          | "said_by"
          | "shop_of";
        Insert: {
          amount?: number | null;
          amount_kind?: Database["public"]["Enums"]["amount_kind"] | null;
          attempt_count?: number;
          body_sha256: string;
          body_size: number;
          company_id?: string | null;
          conflict_count?: number;
          content_type?: string | null;
          currency?: string | null;
          customer_id?: string | null;
          duplicate_count?: number;
          event_key: string;
          event_type: string;
          fingerprint: string;
          flags?: Database["public"]["Enums"]["event_flag"][];
          headers: NonNullable<Json>;
          id?: never;
          last_error?: string | null;
          last_error_class?: Database["public"]["Enums"]["error_class"] | null;
          livemode?: boolean | null;
          logical_key?: string | null;
          method: string;
          object_id?: string | null;
          object_type?: string | null;
          occurred_at?: string | null;
          organisation_id?: string | null;
          origin?: Database["public"]["Enums"]["event_origin"] | null;
          parse_status: Database["public"]["Enums"]["parse_status"];
          path: string;
          payload?: Json | null;
          processed_at?: string | null;
          provider: string;
          received_at?: string;
          redacted_at?: string | null;
          rendering?: string | null;
          replaces_older?: boolean;
          replay_count?: number;
          request_id?: string | null;
          source_id?: number | null;
          status?: Database["public"]["Enums"]["event_status"];
          suspected_replay?: boolean;
          terms?: unknown;
          traceparent?: string | null;
          trust: Database["public"]["Enums"]["trust_level"];
          unsigned_key?: boolean;
          variant_of?: number | null;
        };
        Update: {
          amount?: number | null;
          amount_kind?: Database["public"]["Enums"]["amount_kind"] | null;
          attempt_count?: number;
          body_sha256?: string;
          body_size?: number;
          company_id?: string | null;
          conflict_count?: number;
          content_type?: string | null;
          currency?: string | null;
          customer_id?: string | null;
          duplicate_count?: number;
          event_key?: string;
          event_type?: string;
          fingerprint?: string;
          flags?: Database["public"]["Enums"]["event_flag"][];
          headers?: NonNullable<Json>;
          id?: never;
          last_error?: string | null;
          last_error_class?: Database["public"]["Enums"]["error_class"] | null;
          livemode?: boolean | null;
          logical_key?: string | null;
          method?: string;
          object_id?: string | null;
          object_type?: string | null;
          occurred_at?: string | null;
          organisation_id?: string | null;
          origin?: Database["public"]["Enums"]["event_origin"] | null;
          parse_status?: Database["public"]["Enums"]["parse_status"];
          path?: string;
          payload?: Json | null;
          processed_at?: string | null;
          provider?: string;
          received_at?: string;
          redacted_at?: string | null;
          rendering?: string | null;
          replaces_older?: boolean;
          replay_count?: number;
          request_id?: string | null;
          source_id?: number | null;
          status?: Database["public"]["Enums"]["event_status"];
          suspected_replay?: boolean;
          terms?: unknown;
          traceparent?: string | null;
          trust?: Database["public"]["Enums"]["trust_level"];
          unsigned_key?: boolean;
          variant_of?: number | null;
        };
        Relationships: [
          {
            foreignKeyName: "events_source_id_fkey";
            columns: ["source_id"];
            isOneToOne: false;
            referencedRelation: "sources";
            referencedColumns: ["id"];
          },
        ];
      };
      findings: {
        Row: {
          body: string | null;
          checked_at: string;
          closed_at: string | null;
          detail: string | null;
          difference: Json | null;
          event_id: number | null;
          event_key: string | null;
          event_type: string;
          found_at: string;
          headers: Json | null;
          id: number;
          identity: string;
          kind: Database["public"]["Enums"]["finding_kind"];
          logical_key: string | null;
          object_id: string | null;
          occurred_at: string;
          organisation_id: string | null;
          origin: Database["public"]["Enums"]["event_origin"];
          provider: string;
          reconciliation_id: number;
          rejection_id: number | null;
          replay_id: number | null;
          source_id: number | null;
          state: Database["public"]["Enums"]["finding_state"];
          is_free: boolean | null;
          shown_state: Database["public"]["Enums"]["finding_state"] | null;
        };
        ComputedFields: "is_free" | "shown_state";
        Insert: {
          body?: string | null;
          checked_at?: string;
          closed_at?: string | null;
          detail?: string | null;
          difference?: Json | null;
          event_id?: number | null;
          event_key?: string | null;
          event_type: string;
          found_at?: string;
          headers?: Json | null;
          id?: never;
          identity: string;
          kind: Database["public"]["Enums"]["finding_kind"];
          logical_key?: string | null;
          object_id?: string | null;
          occurred_at: string;
          organisation_id?: string | null;
          origin: Database["public"]["Enums"]["event_origin"];
          provider: string;
          reconciliation_id: number;
          rejection_id?: number | null;
          replay_id?: number | null;
          source_id?: number | null;
          state?: Database["public"]["Enums"]["finding_state"];
        };
        Update: {
          body?: string | null;
          checked_at?: string;
          closed_at?: string | null;
          detail?: string | null;
          difference?: Json | null;
          event_id?: number | null;
          event_key?: string | null;
          event_type?: string;
          found_at?: string;
          headers?: Json | null;
          id?: never;
          identity?: string;
          kind?: Database["public"]["Enums"]["finding_kind"];
          logical_key?: string | null;
          object_id?: string | null;
          occurred_at?: string;
          organisation_id?: string | null;
          origin?: Database["public"]["Enums"]["event_origin"];
          provider?: string;
          reconciliation_id?: number;
          rejection_id?: number | null;
          replay_id?: number | null;
          source_id?: number | null;
          state?: Database["public"]["Enums"]["finding_state"];
        };
        Relationships: [
          {
            foreignKeyName: "findings_reconciliation_id_fkey";
            columns: ["reconciliation_id"];
            isOneToOne: false;
            referencedRelation: "reconciliations";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "findings_rejection_id_fkey";
            columns: ["rejection_id"];
            isOneToOne: false;
            referencedRelation: "rejections";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "findings_replay_id_fkey";
            columns: ["replay_id"];
            isOneToOne: false;
            referencedRelation: "replays";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "findings_source_id_fkey";
            columns: ["source_id"];
            isOneToOne: false;
            referencedRelation: "sources";
            referencedColumns: ["id"];
          },
        ];
      };
      forgettings: {
        Row: {
          class: Database["public"]["Enums"]["retention_class"];
          days: number;
          file: string | null;
          first_id: number;
          forgotten_at: string;
          id: number;
          ids: unknown;
          last_id: number;
          rows: number;
        };
        ComputedFields: never;
        Insert: {
          class: Database["public"]["Enums"]["retention_class"];
          days: number;
          file?: string | null;
          first_id: number;
          forgotten_at?: string;
          id?: never;
          ids: unknown;
          last_id: number;
          rows: number;
        };
        Update: {
          class?: Database["public"]["Enums"]["retention_class"];
          days?: number;
          file?: string | null;
          first_id?: number;
          forgotten_at?: string;
          id?: never;
          ids?: unknown;
          last_id?: number;
          rows?: number;
        };
        Relationships: [];
      };
      heartbeats: {
        Row: {
          at: string;
          details: NonNullable<Json>;
          kind: string;
          name: string;
          started_at: string;
          version: string | null;
        };
        ComputedFields: never;
        Insert: {
          at?: string;
          details?: NonNullable<Json>;
          kind: string;
          name: string;
          started_at?: string;
          version?: string | null;
        };
        Update: {
          at?: string;
          details?: NonNullable<Json>;
          kind?: string;
          name?: string;
          started_at?: string;
          version?: string | null;
        };
        Relationships: [];
      };
      incident_items: {
        Row: {
          accepted_at: string | null;
          accepted_by: string | null;
          accepted_by_id: string | null;
          amount: number | null;
          cause: Database["public"]["Enums"]["incident_cause"];
          changed_at: string;
          currency: string | null;
          customer_id: string | null;
          event_id: number | null;
          event_type: string;
          finding_id: number | null;
          identity: string;
          incident_id: number;
          object_id: string | null;
          occurred_at: string | null;
          organisation_id: string | null;
          position: number;
          proof: Json | null;
          provider: string;
          reason: string | null;
          replay_id: number | null;
          source_id: number | null;
          state: Database["public"]["Enums"]["incident_item_state"];
        };
        ComputedFields: never;
        Insert: {
          accepted_at?: string | null;
          accepted_by?: string | null;
          accepted_by_id?: string | null;
          amount?: number | null;
          cause: Database["public"]["Enums"]["incident_cause"];
          changed_at?: string;
          currency?: string | null;
          customer_id?: string | null;
          event_id?: number | null;
          event_type: string;
          finding_id?: number | null;
          identity: string;
          incident_id: number;
          object_id?: string | null;
          occurred_at?: string | null;
          organisation_id?: string | null;
          position: number;
          proof?: Json | null;
          provider: string;
          reason?: string | null;
          replay_id?: number | null;
          source_id?: number | null;
          state?: Database["public"]["Enums"]["incident_item_state"];
        };
        Update: {
          accepted_at?: string | null;
          accepted_by?: string | null;
          accepted_by_id?: string | null;
          amount?: number | null;
          cause?: Database["public"]["Enums"]["incident_cause"];
          changed_at?: string;
          currency?: string | null;
          customer_id?: string | null;
          event_id?: number | null;
          event_type?: string;
          finding_id?: number | null;
          identity?: string;
          incident_id?: number;
          object_id?: string | null;
          occurred_at?: string | null;
          organisation_id?: string | null;
          position?: number;
          proof?: Json | null;
          provider?: string;
          reason?: string | null;
          replay_id?: number | null;
          source_id?: number | null;
          state?: Database["public"]["Enums"]["incident_item_state"];
        };
        Relationships: [
          {
            foreignKeyName: "incident_items_finding_id_fkey";
            columns: ["finding_id"];
            isOneToOne: false;
            referencedRelation: "findings";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "incident_items_incident_id_fkey";
            columns: ["incident_id"];
            isOneToOne: false;
            referencedRelation: "incidents";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "incident_items_replay_id_fkey";
            columns: ["replay_id"];
            isOneToOne: false;
            referencedRelation: "replays";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "incident_items_source_id_fkey";
            columns: ["source_id"];
            isOneToOne: false;
            referencedRelation: "sources";
            referencedColumns: ["id"];
          },
        ];
      };
      incident_log: {
        Row: {
          actor: string;
          actor_id: string;
          at: string;
          details: NonNullable<Json>;
          id: number;
          incident_id: number;
          kind: Database["public"]["Enums"]["incident_log_kind"];
          message: string;
          request_id: string | null;
        };
        ComputedFields: never;
        Insert: {
          actor: string;
          actor_id: string;
          at?: string;
          details?: NonNullable<Json>;
          id?: never;
          incident_id: number;
          kind: Database["public"]["Enums"]["incident_log_kind"];
          message: string;
          request_id?: string | null;
        };
        Update: {
          actor?: string;
          actor_id?: string;
          at?: string;
          details?: NonNullable<Json>;
          id?: never;
          incident_id?: number;
          kind?: Database["public"]["Enums"]["incident_log_kind"];
          message?: string;
          request_id?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "incident_log_incident_id_fkey";
            columns: ["incident_id"];
            isOneToOne: false;
            referencedRelation: "incidents";
            referencedColumns: ["id"];
          },
        ];
      };
      incident_requests: {
        Row: {
          action: Database["public"]["Enums"]["incident_request_action"];
          actor: string;
          actor_id: string;
          decided_at: string | null;
          decided_by: string | null;
          decided_by_id: string | null;
          decision: string | null;
          id: number;
          incident_id: number;
          input: NonNullable<Json>;
          is_approved: boolean | null;
          reason: string;
          requested_at: string;
          incident_request_json: Json | null;
        };
        ComputedFields: "incident_request_json";
        Insert: {
          action: Database["public"]["Enums"]["incident_request_action"];
          actor: string;
          actor_id: string;
          decided_at?: string | null;
          decided_by?: string | null;
          decided_by_id?: string | null;
          decision?: string | null;
          id?: never;
          incident_id: number;
          input: NonNullable<Json>;
          is_approved?: boolean | null;
          reason: string;
          requested_at?: string;
        };
        Update: {
          action?: Database["public"]["Enums"]["incident_request_action"];
          actor?: string;
          actor_id?: string;
          decided_at?: string | null;
          decided_by?: string | null;
          decided_by_id?: string | null;
          decision?: string | null;
          id?: never;
          incident_id?: number;
          input?: NonNullable<Json>;
          is_approved?: boolean | null;
          reason?: string;
          requested_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "incident_requests_incident_id_fkey";
            columns: ["incident_id"];
            isOneToOne: false;
            referencedRelation: "incidents";
            referencedColumns: ["id"];
          },
        ];
      };
      incident_runs: {
        Row: {
          incident_id: number;
          purpose: string;
          reconciliation_id: number;
        };
        ComputedFields: never;
        Insert: {
          incident_id: number;
          purpose: string;
          reconciliation_id: number;
        };
        Update: {
          incident_id?: number;
          purpose?: string;
          reconciliation_id?: number;
        };
        Relationships: [
          {
            foreignKeyName: "incident_runs_incident_id_fkey";
            columns: ["incident_id"];
            isOneToOne: false;
            referencedRelation: "incidents";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "incident_runs_reconciliation_id_fkey";
            columns: ["reconciliation_id"];
            isOneToOne: false;
            referencedRelation: "reconciliations";
            referencedColumns: ["id"];
          },
        ];
      };
      incident_stages: {
        Row: {
          incident_id: number;
          number: number;
          replay_id: number;
        };
        ComputedFields: never;
        Insert: {
          incident_id: number;
          number: number;
          replay_id: number;
        };
        Update: {
          incident_id?: number;
          number?: number;
          replay_id?: number;
        };
        Relationships: [
          {
            foreignKeyName: "incident_stages_incident_id_fkey";
            columns: ["incident_id"];
            isOneToOne: false;
            referencedRelation: "incidents";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "incident_stages_replay_id_fkey";
            columns: ["replay_id"];
            isOneToOne: false;
            referencedRelation: "replays";
            referencedColumns: ["id"];
          },
        ];
      };
      incident_steps: {
        Row: {
          ended_at: string | null;
          found: NonNullable<Json>;
          incident_id: number;
          reason: string | null;
          started_at: string | null;
          status: Database["public"]["Enums"]["incident_step_status"];
          step: Database["public"]["Enums"]["incident_step"];
        };
        ComputedFields: never;
        Insert: {
          ended_at?: string | null;
          found?: NonNullable<Json>;
          incident_id: number;
          reason?: string | null;
          started_at?: string | null;
          status?: Database["public"]["Enums"]["incident_step_status"];
          step: Database["public"]["Enums"]["incident_step"];
        };
        Update: {
          ended_at?: string | null;
          found?: NonNullable<Json>;
          incident_id?: number;
          reason?: string | null;
          started_at?: string | null;
          status?: Database["public"]["Enums"]["incident_step_status"];
          step?: Database["public"]["Enums"]["incident_step"];
        };
        Relationships: [
          {
            foreignKeyName: "incident_steps_incident_id_fkey";
            columns: ["incident_id"];
            isOneToOne: false;
            referencedRelation: "incidents";
            referencedColumns: ["id"];
          },
        ];
      };
      incidents: {
        Row: {
          accepted: number;
          actor: string;
          actor_id: string;
          affected: number;
          cause: string;
          closed_at: string | null;
          closed_by: string | null;
          due_at: string;
          from_ts: string;
          id: number;
          lease_until: string | null;
          opened_at: string;
          opened_by: Database["public"]["Enums"]["incident_opener"];
          organisations: string[] | null;
          owner: string | null;
          owner_id: string | null;
          recovered: number;
          recovering_at: string | null;
          recovery: Json | null;
          reopened_at: string | null;
          request_id: string | null;
          responded_at: string | null;
          scope: string[] | null;
          selection: NonNullable<Json>;
          severity: Database["public"]["Enums"]["incident_severity"];
          state: Database["public"]["Enums"]["incident_state"];
          still_missing: number;
          title: string;
          to_ts: string;
          total: number;
          unrecoverable: number;
          verified: number;
          verified_at: string | null;
          verifying_at: string | null;
          delivers_again: boolean | null;
          evidence_by_organisation: Json | null;
          incident_in_brief: Json | null;
          is_incident_closed: boolean | null;
          is_recovery_active: boolean | null;
        };
        ComputedFields:
          | "delivers_again"
          | "evidence_by_organisation"
          | "incident_in_brief"
          | "is_incident_closed"
          | "is_recovery_active";
        Insert: {
          accepted?: number;
          actor: string;
          actor_id: string;
          affected?: number;
          cause: string;
          closed_at?: string | null;
          closed_by?: string | null;
          due_at?: string;
          from_ts: string;
          id?: never;
          lease_until?: string | null;
          opened_at?: string;
          opened_by: Database["public"]["Enums"]["incident_opener"];
          organisations?: string[] | null;
          owner?: string | null;
          owner_id?: string | null;
          recovered?: number;
          recovering_at?: string | null;
          recovery?: Json | null;
          reopened_at?: string | null;
          request_id?: string | null;
          responded_at?: string | null;
          scope?: string[] | null;
          selection: NonNullable<Json>;
          severity: Database["public"]["Enums"]["incident_severity"];
          state?: Database["public"]["Enums"]["incident_state"];
          still_missing?: number;
          title: string;
          to_ts: string;
          total?: number;
          unrecoverable?: number;
          verified?: number;
          verified_at?: string | null;
          verifying_at?: string | null;
        };
        Update: {
          accepted?: number;
          actor?: string;
          actor_id?: string;
          affected?: number;
          cause?: string;
          closed_at?: string | null;
          closed_by?: string | null;
          due_at?: string;
          from_ts?: string;
          id?: never;
          lease_until?: string | null;
          opened_at?: string;
          opened_by?: Database["public"]["Enums"]["incident_opener"];
          organisations?: string[] | null;
          owner?: string | null;
          owner_id?: string | null;
          recovered?: number;
          recovering_at?: string | null;
          recovery?: Json | null;
          reopened_at?: string | null;
          request_id?: string | null;
          responded_at?: string | null;
          scope?: string[] | null;
          selection?: NonNullable<Json>;
          severity?: Database["public"]["Enums"]["incident_severity"];
          state?: Database["public"]["Enums"]["incident_state"];
          still_missing?: number;
          title?: string;
          to_ts?: string;
          total?: number;
          unrecoverable?: number;
          verified?: number;
          verified_at?: string | null;
          verifying_at?: string | null;
        };
        Relationships: [];
      };
      leads: {
        Row: {
          campaign_id: string;
          category: string | null;
          company_name: string | null;
          created_at: string;
          email: string | null;
          first_name: string | null;
          id: number;
          last_name: string | null;
          lead_id: string;
          organisation_id: string;
          profile_url: string | null;
          provider: string;
          status: string | null;
          tags: Json | null;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          campaign_id?: string;
          category?: string | null;
          company_name?: string | null;
          created_at?: string;
          email?: string | null;
          first_name?: string | null;
          id?: never;
          last_name?: string | null;
          lead_id: string;
          organisation_id?: string;
          profile_url?: string | null;
          provider: string;
          status?: string | null;
          tags?: Json | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          campaign_id?: string;
          category?: string | null;
          company_name?: string | null;
          created_at?: string;
          email?: string | null;
          first_name?: string | null;
          id?: never;
          last_name?: string | null;
          lead_id?: string;
          organisation_id?: string;
          profile_url?: string | null;
          provider?: string;
          status?: string | null;
          tags?: Json | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      messages: {
        Row: {
          body: string | null;
          bounced_at: string | null;
          campaign_id: string | null;
          clicked_at: string | null;
          created_at: string;
          direction: string | null;
          id: number;
          lead_id: string | null;
          message_id: string;
          opened_at: string | null;
          organisation_id: string;
          provider: string;
          received_at: string | null;
          replied_at: string | null;
          sent_at: string | null;
          sequence_number: string | null;
          status: string | null;
          subject: string | null;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          body?: string | null;
          bounced_at?: string | null;
          campaign_id?: string | null;
          clicked_at?: string | null;
          created_at?: string;
          direction?: string | null;
          id?: never;
          lead_id?: string | null;
          message_id: string;
          opened_at?: string | null;
          organisation_id?: string;
          provider: string;
          received_at?: string | null;
          replied_at?: string | null;
          sent_at?: string | null;
          sequence_number?: string | null;
          status?: string | null;
          subject?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          body?: string | null;
          bounced_at?: string | null;
          campaign_id?: string | null;
          clicked_at?: string | null;
          created_at?: string;
          direction?: string | null;
          id?: never;
          lead_id?: string | null;
          message_id?: string;
          opened_at?: string | null;
          organisation_id?: string;
          provider?: string;
          received_at?: string | null;
          replied_at?: string | null;
          sent_at?: string | null;
          sequence_number?: string | null;
          status?: string | null;
          subject?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      metric_counters: {
        Row: {
          count: number;
          duration_ms: number;
          error_class: string;
          label: string;
          latency: number[] | null;
          metric: string;
          outcome: string;
          shard: number;
        };
        ComputedFields: never;
        Insert: {
          count: number;
          duration_ms?: number;
          error_class?: string;
          label?: string;
          latency?: number[] | null;
          metric: string;
          outcome: string;
          shard: number;
        };
        Update: {
          count?: number;
          duration_ms?: number;
          error_class?: string;
          label?: string;
          latency?: number[] | null;
          metric?: string;
          outcome?: string;
          shard?: number;
        };
        Relationships: [];
      };
      metric_totals: {
        Row: {
          count: number;
          outcome: string;
          provider: string;
          until: string;
        };
        ComputedFields: never;
        Insert: {
          count: number;
          outcome: string;
          provider: string;
          until: string;
        };
        Update: {
          count?: number;
          outcome?: string;
          provider?: string;
          until?: string;
        };
        Relationships: [];
      };
      notices: {
        Row: {
          actor_id: string;
          created_at: string;
          id: number;
          message: string;
          organisations: string[] | null;
          seen_at: string | null;
          subject: string;
        };
        ComputedFields: never;
        Insert: {
          actor_id: string;
          created_at?: string;
          id?: never;
          message: string;
          organisations?: string[] | null;
          seen_at?: string | null;
          subject: string;
        };
        Update: {
          actor_id?: string;
          created_at?: string;
          id?: never;
          message?: string;
          organisations?: string[] | null;
          seen_at?: string | null;
          subject?: string;
        };
        Relationships: [];
      };
      notification_preferences: {
        Row: {
          console_severities: Database["public"]["Enums"]["incident_severity"][];
          mail_severities: Database["public"]["Enums"]["incident_severity"][];
          mails_replays: boolean;
          mails_report: boolean;
          staff_id: string;
          updated_at: string;
        };
        ComputedFields: never;
        Insert: {
          console_severities?: Database["public"]["Enums"]["incident_severity"][];
          mail_severities?: Database["public"]["Enums"]["incident_severity"][];
          mails_replays?: boolean;
          mails_report?: boolean;
          staff_id: string;
          updated_at?: string;
        };
        Update: {
          console_severities?: Database["public"]["Enums"]["incident_severity"][];
          mail_severities?: Database["public"]["Enums"]["incident_severity"][];
          mails_replays?: boolean;
          mails_report?: boolean;
          staff_id?: string;
          updated_at?: string;
        };
        Relationships: [
          {
            foreignKeyName: "notification_preferences_staff_id_fkey";
            columns: ["staff_id"];
            isOneToOne: true;
            referencedRelation: "staff_users";
            referencedColumns: ["id"];
          },
        ];
      };
      notifications: {
        Row: {
          alert_id: number | null;
          attempts: number;
          channel_id: number | null;
          content: Json | null;
          created_at: string;
          due_at: string;
          ended_at: string | null;
          fence: number;
          group_key: string;
          id: number;
          kind: Database["public"]["Enums"]["notification_kind"];
          lease_until: string | null;
          number: number;
          outcome: string | null;
          remote_id: string | null;
          replay_id: number | null;
          staff_id: string | null;
          status: Database["public"]["Enums"]["notification_status"];
          sent_message_of: string | null;
        };
        ComputedFields: "sent_message_of";
        Insert: {
          alert_id?: number | null;
          attempts?: number;
          channel_id?: number | null;
          content?: Json | null;
          created_at?: string;
          due_at?: string;
          ended_at?: string | null;
          fence?: number;
          group_key: string;
          id?: never;
          kind: Database["public"]["Enums"]["notification_kind"];
          lease_until?: string | null;
          number?: number;
          outcome?: string | null;
          remote_id?: string | null;
          replay_id?: number | null;
          staff_id?: string | null;
          status?: Database["public"]["Enums"]["notification_status"];
        };
        Update: {
          alert_id?: number | null;
          attempts?: number;
          channel_id?: number | null;
          content?: Json | null;
          created_at?: string;
          due_at?: string;
          ended_at?: string | null;
          fence?: number;
          group_key?: string;
          id?: never;
          kind?: Database["public"]["Enums"]["notification_kind"];
          lease_until?: string | null;
          number?: number;
          outcome?: string | null;
          remote_id?: string | null;
          replay_id?: number | null;
          staff_id?: string | null;
          status?: Database["public"]["Enums"]["notification_status"];
        };
        Relationships: [
          {
            foreignKeyName: "notifications_alert_id_fkey";
            columns: ["alert_id"];
            isOneToOne: false;
            referencedRelation: "alerts";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "notifications_channel_id_fkey";
            columns: ["channel_id"];
            isOneToOne: false;
            referencedRelation: "channels";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "notifications_replay_id_fkey";
            columns: ["replay_id"];
            isOneToOne: false;
            referencedRelation: "replays";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "notifications_staff_id_fkey";
            columns: ["staff_id"];
            isOneToOne: false;
            referencedRelation: "staff_users";
            referencedColumns: ["id"];
          },
        ];
      };
      orders: {
        Row: {
          cancelled_at: string | null;
          company_id: string;
          created_at: string;
          currency: string | null;
          customer_id: string | null;
          deleted_at: string | null;
          email: string | null;
          financial_status: string | null;
          fulfillment_status: string | null;
          id: number;
          name: string | null;
          order_id: string;
          ordered_at: string | null;
          organisation_id: string;
          phone: string | null;
          redacted_at: string | null;
          shop: string | null;
          total_price: number | null;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          cancelled_at?: string | null;
          company_id?: string;
          created_at?: string;
          currency?: string | null;
          customer_id?: string | null;
          deleted_at?: string | null;
          email?: string | null;
          financial_status?: string | null;
          fulfillment_status?: string | null;
          id?: never;
          name?: string | null;
          order_id: string;
          ordered_at?: string | null;
          organisation_id?: string;
          phone?: string | null;
          redacted_at?: string | null;
          shop?: string | null;
          total_price?: number | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          cancelled_at?: string | null;
          company_id?: string;
          created_at?: string;
          currency?: string | null;
          customer_id?: string | null;
          deleted_at?: string | null;
          email?: string | null;
          financial_status?: string | null;
          fulfillment_status?: string | null;
          id?: never;
          name?: string | null;
          order_id?: string;
          ordered_at?: string | null;
          organisation_id?: string;
          phone?: string | null;
          redacted_at?: string | null;
          shop?: string | null;
          total_price?: number | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      privacy_requests: {
        Row: {
          changed: NonNullable<Json>;
          company_id: string;
          contact_hashes: string[];
          created_at: string;
          customer_id: string | null;
          events_changed: number;
          id: number;
          kind: string;
          order_ids: NonNullable<Json>;
          organisation_id: string;
          people: string[] | null;
          requested_at: string;
          rows_changed: number;
          shop_domain: string;
          source_event: string;
          updated_at: string;
          versions: NonNullable<Json>;
          events_about: number | null;
        };
        ComputedFields: "events_about";
        Insert: {
          changed?: NonNullable<Json>;
          company_id?: string;
          contact_hashes?: string[];
          created_at?: string;
          customer_id?: string | null;
          events_changed?: number;
          id?: never;
          kind: string;
          order_ids: NonNullable<Json>;
          organisation_id?: string;
          people?: never;
          requested_at: string;
          rows_changed?: number;
          shop_domain: string;
          source_event: string;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          changed?: NonNullable<Json>;
          company_id?: string;
          contact_hashes?: string[];
          created_at?: string;
          customer_id?: string | null;
          events_changed?: number;
          id?: never;
          kind?: string;
          order_ids?: NonNullable<Json>;
          organisation_id?: string;
          people?: never;
          requested_at?: string;
          rows_changed?: number;
          shop_domain?: string;
          source_event?: string;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      reconciliation_entries: {
        Row: {
          identity_hash: string;
          reconciliation_id: number;
        };
        ComputedFields: never;
        Insert: {
          identity_hash: string;
          reconciliation_id: number;
        };
        Update: {
          identity_hash?: string;
          reconciliation_id?: number;
        };
        Relationships: [
          {
            foreignKeyName: "reconciliation_entries_reconciliation_id_fkey";
            columns: ["reconciliation_id"];
            isOneToOne: false;
            referencedRelation: "reconciliations";
            referencedColumns: ["id"];
          },
        ];
      };
      reconciliation_windows: {
        Row: {
          cursor: Json | null;
          due_at: string;
          failures: number;
          fence: number;
          from_ts: string;
          id: number;
          lease_until: string | null;
          pages: number;
          problem: string | null;
          reconciliation_id: number;
          status: Database["public"]["Enums"]["window_status"];
          to_ts: string;
          worker: string | null;
        };
        ComputedFields: never;
        Insert: {
          cursor?: Json | null;
          due_at?: string;
          failures?: number;
          fence?: number;
          from_ts: string;
          id?: never;
          lease_until?: string | null;
          pages?: number;
          problem?: string | null;
          reconciliation_id: number;
          status?: Database["public"]["Enums"]["window_status"];
          to_ts: string;
          worker?: string | null;
        };
        Update: {
          cursor?: Json | null;
          due_at?: string;
          failures?: number;
          fence?: number;
          from_ts?: string;
          id?: never;
          lease_until?: string | null;
          pages?: number;
          problem?: string | null;
          reconciliation_id?: number;
          status?: Database["public"]["Enums"]["window_status"];
          to_ts?: string;
          worker?: string | null;
        };
        Relationships: [
          {
            foreignKeyName: "reconciliation_windows_reconciliation_id_fkey";
            columns: ["reconciliation_id"];
            isOneToOne: false;
            referencedRelation: "reconciliations";
            referencedColumns: ["id"];
          },
        ];
      };
      reconciliations: {
        Row: {
          actor: string;
          actor_id: string;
          back_fill_lease_until: string | null;
          back_filled_at: string | null;
          company_id: string | null;
          completed_at: string | null;
          configuration: Json | null;
          counted: NonNullable<Json>;
          created_at: string;
          dry_run: boolean;
          from_ts: string;
          id: number;
          listed: number;
          organisation_id: string | null;
          provider: string;
          reason: string | null;
          received: number;
          replay_id: number | null;
          request_id: string | null;
          resend_lease_until: string | null;
          resent: Json | null;
          source_id: number | null;
          started_at: string | null;
          started_by: Database["public"]["Enums"]["reconciliation_trigger"];
          status: Database["public"]["Enums"]["reconciliation_status"];
          subscribed_types: string[] | null;
          to_ts: string;
          types: string[] | null;
        };
        ComputedFields: never;
        Insert: {
          actor: string;
          actor_id: string;
          back_fill_lease_until?: string | null;
          back_filled_at?: string | null;
          company_id?: string | null;
          completed_at?: string | null;
          configuration?: Json | null;
          counted?: NonNullable<Json>;
          created_at?: string;
          dry_run?: boolean;
          from_ts: string;
          id?: never;
          listed?: number;
          organisation_id?: string | null;
          provider: string;
          reason?: string | null;
          received?: number;
          replay_id?: number | null;
          request_id?: string | null;
          resend_lease_until?: string | null;
          resent?: Json | null;
          source_id?: number | null;
          started_at?: string | null;
          started_by: Database["public"]["Enums"]["reconciliation_trigger"];
          status?: Database["public"]["Enums"]["reconciliation_status"];
          subscribed_types?: string[] | null;
          to_ts: string;
          types?: string[] | null;
        };
        Update: {
          actor?: string;
          actor_id?: string;
          back_fill_lease_until?: string | null;
          back_filled_at?: string | null;
          company_id?: string | null;
          completed_at?: string | null;
          configuration?: Json | null;
          counted?: NonNullable<Json>;
          created_at?: string;
          dry_run?: boolean;
          from_ts?: string;
          id?: never;
          listed?: number;
          organisation_id?: string | null;
          provider?: string;
          reason?: string | null;
          received?: number;
          replay_id?: number | null;
          request_id?: string | null;
          resend_lease_until?: string | null;
          resent?: Json | null;
          source_id?: number | null;
          started_at?: string | null;
          started_by?: Database["public"]["Enums"]["reconciliation_trigger"];
          status?: Database["public"]["Enums"]["reconciliation_status"];
          subscribed_types?: string[] | null;
          to_ts?: string;
          types?: string[] | null;
        };
        Relationships: [
          {
            foreignKeyName: "reconciliations_replay_id_fkey";
            columns: ["replay_id"];
            isOneToOne: false;
            referencedRelation: "replays";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "reconciliations_source_id_fkey";
            columns: ["source_id"];
            isOneToOne: false;
            referencedRelation: "sources";
            referencedColumns: ["id"];
          },
        ];
      };
      rejections: {
        Row: {
          body: string;
          body_read: number | null;
          body_sha256: string | null;
          body_size: number;
          detail: string;
          event_key: string | null;
          headers: NonNullable<Json>;
          id: number;
          method: string;
          organisation_id: string | null;
          path: string;
          provider: string;
          reason: Database["public"]["Enums"]["rejection_reason"];
          received_at: string;
          request_id: string | null;
          source_id: number | null;
          status_code: number;
        };
        ComputedFields: never;
        Insert: {
          body: string;
          body_read?: number | null;
          body_sha256?: string | null;
          body_size: number;
          detail: string;
          event_key?: string | null;
          headers: NonNullable<Json>;
          id?: never;
          method: string;
          organisation_id?: string | null;
          path: string;
          provider: string;
          reason: Database["public"]["Enums"]["rejection_reason"];
          received_at?: string;
          request_id?: string | null;
          source_id?: number | null;
          status_code: number;
        };
        Update: {
          body?: string;
          body_read?: number | null;
          body_sha256?: string | null;
          body_size?: number;
          detail?: string;
          event_key?: string | null;
          headers?: NonNullable<Json>;
          id?: never;
          method?: string;
          organisation_id?: string | null;
          path?: string;
          provider?: string;
          reason?: Database["public"]["Enums"]["rejection_reason"];
          received_at?: string;
          request_id?: string | null;
          source_id?: number | null;
          status_code?: number;
        };
        Relationships: [
          {
            foreignKeyName: "rejections_source_id_fkey";
            columns: ["source_id"];
            isOneToOne: false;
            referencedRelation: "sources";
            referencedColumns: ["id"];
          },
        ];
      };
      replay_items: {
        Row: {
          attempt_id: number | null;
          delivery_id: number;
          detail: string | null;
          error_class: Database["public"]["Enums"]["error_class"] | null;
          event_id: number;
          fed_at: string | null;
          finished_at: string | null;
          ordering_key: string;
          organisation_id: string | null;
          outcome: Database["public"]["Enums"]["replay_outcome"] | null;
          position: number;
          prior_finished_at: string | null;
          prior_status: Database["public"]["Enums"]["delivery_status"] | null;
          replay_id: number;
          skip_reason: Database["public"]["Enums"]["skip_reason"] | null;
        };
        ComputedFields: never;
        Insert: {
          attempt_id?: number | null;
          delivery_id: number;
          detail?: string | null;
          error_class?: Database["public"]["Enums"]["error_class"] | null;
          event_id: number;
          fed_at?: string | null;
          finished_at?: string | null;
          ordering_key: string;
          organisation_id?: string | null;
          outcome?: Database["public"]["Enums"]["replay_outcome"] | null;
          position: number;
          prior_finished_at?: string | null;
          prior_status?: Database["public"]["Enums"]["delivery_status"] | null;
          replay_id: number;
          skip_reason?: Database["public"]["Enums"]["skip_reason"] | null;
        };
        Update: {
          attempt_id?: number | null;
          delivery_id?: number;
          detail?: string | null;
          error_class?: Database["public"]["Enums"]["error_class"] | null;
          event_id?: number;
          fed_at?: string | null;
          finished_at?: string | null;
          ordering_key?: string;
          organisation_id?: string | null;
          outcome?: Database["public"]["Enums"]["replay_outcome"] | null;
          position?: number;
          prior_finished_at?: string | null;
          prior_status?: Database["public"]["Enums"]["delivery_status"] | null;
          replay_id?: number;
          skip_reason?: Database["public"]["Enums"]["skip_reason"] | null;
        };
        Relationships: [
          {
            foreignKeyName: "replay_items_replay_id_fkey";
            columns: ["replay_id"];
            isOneToOne: false;
            referencedRelation: "replays";
            referencedColumns: ["id"];
          },
        ];
      };
      replays: {
        Row: {
          actor: string;
          actor_id: string;
          completed_at: string | null;
          created_at: string;
          failed: number;
          id: number;
          idempotency_key: string | null;
          kind: Database["public"]["Enums"]["replay_kind"];
          matched: number;
          next_feed_at: string;
          options: NonNullable<Json>;
          organisations: string[] | null;
          queued_at: string | null;
          reason: string;
          remaining: number;
          request_id: string | null;
          scheduled_at: string;
          selection: NonNullable<Json>;
          skipped: number;
          started_at: string | null;
          status: Database["public"]["Enums"]["replay_status"];
          stopped_because: string | null;
          succeeded: number;
          total: number;
          replay_backoff_factor: number | null;
          replay_base_delay_ms: number | null;
          replay_estimate: string | null;
          replay_json: Json | null;
          replay_max_attempts: number | null;
        };
        ComputedFields:
          | "replay_backoff_factor"
          | "replay_base_delay_ms"
          | "replay_estimate"
          | "replay_json"
          | "replay_max_attempts";
        Insert: {
          actor: string;
          actor_id: string;
          completed_at?: string | null;
          created_at?: string;
          failed?: number;
          id?: never;
          idempotency_key?: string | null;
          kind: Database["public"]["Enums"]["replay_kind"];
          matched?: number;
          next_feed_at?: string;
          options: NonNullable<Json>;
          organisations?: string[] | null;
          queued_at?: string | null;
          reason: string;
          remaining?: number;
          request_id?: string | null;
          scheduled_at?: string;
          selection: NonNullable<Json>;
          skipped?: number;
          started_at?: string | null;
          status?: Database["public"]["Enums"]["replay_status"];
          stopped_because?: string | null;
          succeeded?: number;
          total?: number;
        };
        Update: {
          actor?: string;
          actor_id?: string;
          completed_at?: string | null;
          created_at?: string;
          failed?: number;
          id?: never;
          idempotency_key?: string | null;
          kind?: Database["public"]["Enums"]["replay_kind"];
          matched?: number;
          next_feed_at?: string;
          options?: NonNullable<Json>;
          organisations?: string[] | null;
          queued_at?: string | null;
          reason?: string;
          remaining?: number;
          request_id?: string | null;
          scheduled_at?: string;
          selection?: NonNullable<Json>;
          skipped?: number;
          started_at?: string | null;
          status?: Database["public"]["Enums"]["replay_status"];
          stopped_because?: string | null;
          succeeded?: number;
          total?: number;
        };
        Relationships: [];
      };
      retention: {
        Row: {
          changed_at: string;
          changed_by: string;
          class: Database["public"]["Enums"]["retention_class"];
          days: number | null;
          id: number;
          organisation_id: string | null;
        };
        ComputedFields: never;
        Insert: {
          changed_at?: string;
          changed_by: string;
          class: Database["public"]["Enums"]["retention_class"];
          days?: number | null;
          id?: never;
          organisation_id?: string | null;
        };
        Update: {
          changed_at?: string;
          changed_by?: string;
          class?: Database["public"]["Enums"]["retention_class"];
          days?: number | null;
          id?: never;
          organisation_id?: string | null;
        };
        Relationships: [];
      };
      retention_turn: {
        Row: {
          id: number;
          next_at: string;
          problem: string | null;
          until: string;
          worker: string;
        };
        ComputedFields: never;
        Insert: {
          id?: number;
          next_at?: string;
          problem?: string | null;
          until: string;
          worker: string;
        };
        Update: {
          id?: number;
          next_at?: string;
          problem?: string | null;
          until?: string;
          worker?: string;
        };
        Relationships: [];
      };
      sender_networks: {
        Row: {
          charged_until: string;
          genuine_at: string | null;
          network: string;
          seen_at: string;
        };
        ComputedFields: never;
        Insert: {
          charged_until: string;
          genuine_at?: string | null;
          network: string;
          seen_at?: string;
        };
        Update: {
          charged_until?: string;
          genuine_at?: string | null;
          network?: string;
          seen_at?: string;
        };
        Relationships: [];
      };
      sign_in_guesses: {
        Row: {
          account: string;
          booked_at: string;
          id: number;
          is_familiar: boolean;
          kind: string;
          network: string;
        };
        ComputedFields: never;
        Insert: {
          account: string;
          booked_at: string;
          id?: never;
          is_familiar: boolean;
          kind: string;
          network: string;
        };
        Update: {
          account?: string;
          booked_at?: string;
          id?: never;
          is_familiar?: boolean;
          kind?: string;
          network?: string;
        };
        Relationships: [];
      };
      sign_in_refusals: {
        Row: {
          hour: string;
          kind: string;
          refused: number;
          subject: string;
        };
        ComputedFields: never;
        Insert: {
          hour: string;
          kind: string;
          refused: number;
          subject: string;
        };
        Update: {
          hour?: string;
          kind?: string;
          refused?: number;
          subject?: string;
        };
        Relationships: [];
      };
      sms_log_recipients: {
        Row: {
          carrier: string | null;
          created_at: string;
          error: string | null;
          finalized_at: string | null;
          id: number;
          message_id: string;
          recipient: string;
          status: string | null;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          carrier?: string | null;
          created_at?: string;
          error?: string | null;
          finalized_at?: string | null;
          id?: never;
          message_id: string;
          recipient: string;
          status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          carrier?: string | null;
          created_at?: string;
          error?: string | null;
          finalized_at?: string | null;
          id?: never;
          message_id?: string;
          recipient?: string;
          status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      sms_logs: {
        Row: {
          business_id: string | null;
          business_phone: string | null;
          content: string | null;
          created_at: string;
          customer_phone: string | null;
          error: string | null;
          finalized_at: string | null;
          id: number;
          message_id: string;
          message_type: string | null;
          received_at: string | null;
          sent_at: string | null;
          status: string | null;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          business_id?: string | null;
          business_phone?: string | null;
          content?: string | null;
          created_at?: string;
          customer_phone?: string | null;
          error?: string | null;
          finalized_at?: string | null;
          id?: never;
          message_id: string;
          message_type?: string | null;
          received_at?: string | null;
          sent_at?: string | null;
          status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          business_id?: string | null;
          business_phone?: string | null;
          content?: string | null;
          created_at?: string;
          customer_phone?: string | null;
          error?: string | null;
          finalized_at?: string | null;
          id?: never;
          message_id?: string;
          message_type?: string | null;
          received_at?: string | null;
          sent_at?: string | null;
          status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      sms_recipients: {
        Row: {
          created_at: string;
          error_code: string | null;
          id: number;
          message_id: string;
          organisation_id: string;
          phone: string | null;
          reference: string | null;
          sent_at: string | null;
          status: string | null;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          error_code?: string | null;
          id?: never;
          message_id: string;
          organisation_id?: string;
          phone?: string | null;
          reference?: string | null;
          sent_at?: string | null;
          status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          created_at?: string;
          error_code?: string | null;
          id?: never;
          message_id?: string;
          organisation_id?: string;
          phone?: string | null;
          reference?: string | null;
          sent_at?: string | null;
          status?: string | null;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      source_allowances: {
        Row: {
          source_id: number;
          used_until: string;
        };
        ComputedFields: never;
        Insert: {
          source_id: number;
          used_until: string;
        };
        Update: {
          source_id?: number;
          used_until?: string;
        };
        Relationships: [
          {
            foreignKeyName: "source_allowances_source_id_fkey";
            columns: ["source_id"];
            isOneToOne: true;
            referencedRelation: "sources";
            referencedColumns: ["id"];
          },
        ];
      };
      sources: {
        Row: {
          archived_at: string | null;
          company_id: string | null;
          created_at: string;
          enabled: boolean;
          id: number;
          max_per_minute: number | null;
          name: string;
          organisation_id: string | null;
          previous_token_expires_at: string | null;
          previous_token_hash: string | null;
          provider: string;
          settings: NonNullable<Json>;
          token_hash: string;
          token_hint: string;
          updated_at: string;
          shop_of_source: string | null;
        };
        ComputedFields: "shop_of_source";
        Insert: {
          archived_at?: string | null;
          company_id?: string | null;
          created_at?: string;
          enabled?: boolean;
          id?: never;
          max_per_minute?: number | null;
          name: string;
          organisation_id?: string | null;
          previous_token_expires_at?: string | null;
          previous_token_hash?: string | null;
          provider: string;
          settings?: NonNullable<Json>;
          token_hash: string;
          token_hint: string;
          updated_at?: string;
        };
        Update: {
          archived_at?: string | null;
          company_id?: string | null;
          created_at?: string;
          enabled?: boolean;
          id?: never;
          max_per_minute?: number | null;
          name?: string;
          organisation_id?: string | null;
          previous_token_expires_at?: string | null;
          previous_token_hash?: string | null;
          provider?: string;
          settings?: NonNullable<Json>;
          token_hash?: string;
          token_hint?: string;
          updated_at?: string;
        };
        Relationships: [];
      };
      staff_actions: {
        Row: {
          acted_at: string;
          action: string;
          actor: string;
          actor_id: string;
          details: NonNullable<Json>;
          id: number;
          organisations: string[] | null;
          request_id: string | null;
          subject: string;
        };
        ComputedFields: never;
        Insert: {
          acted_at?: string;
          action: string;
          actor: string;
          actor_id: string;
          details?: NonNullable<Json>;
          id?: never;
          organisations?: string[] | null;
          request_id?: string | null;
          subject: string;
        };
        Update: {
          acted_at?: string;
          action?: string;
          actor?: string;
          actor_id?: string;
          details?: NonNullable<Json>;
          id?: never;
          organisations?: string[] | null;
          request_id?: string | null;
          subject?: string;
        };
        Relationships: [];
      };
      staff_invitations: {
        Row: {
          created_at: string;
          expires_at: string;
          staff_id: string;
          token_hash: string;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          expires_at: string;
          staff_id: string;
          token_hash: string;
        };
        Update: {
          created_at?: string;
          expires_at?: string;
          staff_id?: string;
          token_hash?: string;
        };
        Relationships: [
          {
            foreignKeyName: "staff_invitations_staff_id_fkey";
            columns: ["staff_id"];
            isOneToOne: true;
            referencedRelation: "staff_users";
            referencedColumns: ["id"];
          },
        ];
      };
      staff_sessions: {
        Row: {
          address: string;
          created_at: string;
          ended_at: string | null;
          ended_because: string | null;
          expires_at: string;
          id: number;
          id_hash: string;
          last_seen_at: string;
          network: string;
          staff_id: string;
          user_agent: string;
        };
        ComputedFields: never;
        Insert: {
          address: string;
          created_at?: string;
          ended_at?: string | null;
          ended_because?: string | null;
          expires_at: string;
          id?: never;
          id_hash: string;
          last_seen_at?: string;
          network: string;
          staff_id: string;
          user_agent: string;
        };
        Update: {
          address?: string;
          created_at?: string;
          ended_at?: string | null;
          ended_because?: string | null;
          expires_at?: string;
          id?: never;
          id_hash?: string;
          last_seen_at?: string;
          network?: string;
          staff_id?: string;
          user_agent?: string;
        };
        Relationships: [
          {
            foreignKeyName: "staff_sessions_staff_id_fkey";
            columns: ["staff_id"];
            isOneToOne: false;
            referencedRelation: "staff_users";
            referencedColumns: ["id"];
          },
        ];
      };
      staff_users: {
        Row: {
          created_at: string;
          disabled_at: string | null;
          email: string;
          id: string;
          last_sign_in_at: string | null;
          name: string;
          organisations: string[] | null;
          password_hash: string | null;
          role: Database["public"]["Enums"]["staff_role"];
          session_version: number;
          is_active_admin: boolean | null;
          staff_member_json: Json | null;
        };
        ComputedFields: "is_active_admin" | "staff_member_json";
        Insert: {
          created_at?: string;
          disabled_at?: string | null;
          email: string;
          id?: string;
          last_sign_in_at?: string | null;
          name: string;
          organisations?: string[] | null;
          password_hash?: string | null;
          role: Database["public"]["Enums"]["staff_role"];
          session_version?: number;
        };
        Update: {
          created_at?: string;
          disabled_at?: string | null;
          email?: string;
          id?: string;
          last_sign_in_at?: string | null;
          name?: string;
          organisations?: string[] | null;
          password_hash?: string | null;
          role?: Database["public"]["Enums"]["staff_role"];
          session_version?: number;
        };
        Relationships: [];
      };
      statistics: {
        Row: {
          count: number;
          event_type: string;
          latency: number[] | null;
          minute: string;
          organisation_id: string;
          outcome: string;
          provider: string;
          shard: number;
        };
        ComputedFields: never;
        Insert: {
          count: number;
          event_type: string;
          latency?: number[] | null;
          minute: string;
          organisation_id?: string;
          outcome: string;
          provider: string;
          shard: number;
        };
        Update: {
          count?: number;
          event_type?: string;
          latency?: number[] | null;
          minute?: string;
          organisation_id?: string;
          outcome?: string;
          provider?: string;
          shard?: number;
        };
        Relationships: [];
      };
      statistics_hours: {
        Row: {
          count: number;
          duration_ms: number;
          event_type: string;
          hour: string;
          latency: number[] | null;
          organisation_id: string;
          outcome: string;
          provider: string;
          shard: number;
        };
        ComputedFields: never;
        Insert: {
          count: number;
          duration_ms?: number;
          event_type: string;
          hour: string;
          latency?: number[] | null;
          organisation_id?: string;
          outcome: string;
          provider: string;
          shard: number;
        };
        Update: {
          count?: number;
          duration_ms?: number;
          event_type?: string;
          hour?: string;
          latency?: number[] | null;
          organisation_id?: string;
          outcome?: string;
          provider?: string;
          shard?: number;
        };
        Relationships: [];
      };
      subscriptions: {
        Row: {
          created_at: string;
          ended_at: string | null;
          history: NonNullable<Json>;
          id: number;
          plan: string | null;
          started_at: string | null;
          status: string | null;
          stripe_customer_id: string;
          subscription_id: string;
          updated_at: string;
          versions: NonNullable<Json>;
        };
        ComputedFields: never;
        Insert: {
          created_at?: string;
          ended_at?: string | null;
          history?: NonNullable<Json>;
          id?: never;
          plan?: string | null;
          started_at?: string | null;
          status?: string | null;
          stripe_customer_id: string;
          subscription_id: string;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Update: {
          created_at?: string;
          ended_at?: string | null;
          history?: NonNullable<Json>;
          id?: never;
          plan?: string | null;
          started_at?: string | null;
          status?: string | null;
          stripe_customer_id?: string;
          subscription_id?: string;
          updated_at?: string;
          versions?: NonNullable<Json>;
        };
        Relationships: [];
      };
      watches: {
        Row: {
          back_fills: boolean;
          covered_until: string | null;
          created_at: string;
          daily_window_seconds: number;
          enabled: boolean;
          every_seconds: number;
          id: number;
          next_daily_run_at: string;
          next_run_at: string;
          provider: string;
          source_id: number | null;
          updated_at: string;
          window_seconds: number;
          watch_json: Json | null;
        };
        ComputedFields: "watch_json";
        Insert: {
          back_fills?: boolean;
          covered_until?: string | null;
          created_at?: string;
          daily_window_seconds?: number;
          enabled?: boolean;
          every_seconds?: number;
          id?: never;
          next_daily_run_at?: string;
          next_run_at?: string;
          provider: string;
          source_id?: number | null;
          updated_at?: string;
          window_seconds?: number;
        };
        Update: {
          back_fills?: boolean;
          covered_until?: string | null;
          created_at?: string;
          daily_window_seconds?: number;
          enabled?: boolean;
          every_seconds?: number;
          id?: never;
          next_daily_run_at?: string;
          next_run_at?: string;
          provider?: string;
          source_id?: number | null;
          updated_at?: string;
          window_seconds?: number;
        };
        Relationships: [
          {
            foreignKeyName: "watches_source_id_fkey";
            columns: ["source_id"];
            isOneToOne: false;
            referencedRelation: "sources";
            referencedColumns: ["id"];
          },
        ];
      };
      write_probe: {
        Row: {
          at: string;
          filler: string;
          id: number;
        };
        ComputedFields: never;
        Insert: {
          at: string;
          filler: string;
          id: number;
        };
        Update: {
          at?: string;
          filler?: string;
          id?: number;
        };
        Relationships: [];
      };
    };
    Views: {
      dashboard_facts: {
        Row: {
          fact_type: string | null;
          id: number;
          metadata: Json | null;
          recorded_at: string | null;
          value: Json | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      EventProcessingState: {
        Row: {
          duplicates: number;
          eventId: string;
          id: number;
          processedAt: string | null;
          receivedAt: string;
          shop: string | null;
          status: string | null;
          topic: string;
        };
        ComputedFields: never;
        Relationships: [];
      };
      failed_webhooks: {
        Row: {
          attempts: number;
          error_message: string | null;
          event_id: string;
          event_type: string;
          failed_at: string | null;
          id: number;
          provider: string;
          webhook_data: Json | null;
        };
        ComputedFields: never;
        Relationships: [];
      };
      webhook_logs: {
        Row: {
          error_message: string | null;
          event_id: string | null;
          event_type: string | null;
          id: number;
          processed_at: string | null;
          provider: string | null;
          status: string | null;
        };
        ComputedFields: never;
        Insert: {
          error_message?: never;
          event_id?: never;
          event_type?: never;
          id?: number | null;
          processed_at?: string | null;
          provider?: never;
          status?: never;
        };
        Update: {
          error_message?: never;
          event_id?: never;
          event_type?: never;
          id?: number | null;
          processed_at?: string | null;
          provider?: never;
          status?: never;
        };
        Relationships: [];
      };
      WebhookEvent: {
        Row: {
          error: string | null;
          eventId: string;
          id: number;
          payload: Json | null;
          processedAt: string | null;
          provider: string;
          receivedAt: string;
          status: string | null;
          type: string;
        };
        ComputedFields: never;
        Update: {
          error?: string | null;
          eventId?: string | null;
          id?: number | null;
          payload?: Json | null;
          processedAt?: string | null;
          provider?: string | null;
          receivedAt?: string | null;
          status?: string | null;
          type?: string | null;
        };
        Relationships: [];
      };
    };
    Functions: {
      accept_events: { Args: { p_deliver_suspected?: boolean; p_events: Json }; Returns: Json };
      accept_incident_items: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_positions: number[];
          p_reason: string;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      accept_invitation: {
        Args: { p_name: string; p_password_hash: string; p_request_id: string; p_token_hash: string };
        Returns: string;
      };
      acknowledge_alert: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_note: string;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      add_counters: { Args: { p_counts: Json }; Returns: undefined };
      add_expected_series: { Args: Record<PropertyKey, never>; Returns: undefined };
      add_first_rules: { Args: Record<PropertyKey, never>; Returns: number };
      add_incident_events: { Args: { p_events: number[]; p_id: number }; Returns: number };
      add_incident_findings: {
        Args: { p_fence: number; p_id: number; p_most: number; p_runs: number[] };
        Returns: Json;
      };
      add_incident_findings_of: {
        Args: { p_id: number; p_most: number; p_runs: number[]; p_scope: string[] };
        Returns: number;
      };
      add_latency:
        | { Args: { p_one: number[]; p_other: number[] }; Returns: number[] }
        | { Args: { p_one: number[]; p_other: number[] }; Returns: number[] };
      add_secret: { Args: { p_secret: Json; p_secrets: Json; p_until: string }; Returns: Json };
      add_statistics: { Args: { p_counts: Json }; Returns: undefined };
      advance_reconciliations: { Args: Record<PropertyKey, never>; Returns: number };
      advance_replay: { Args: { p_id: number }; Returns: number };
      advance_replays: { Args: Record<PropertyKey, never>; Returns: number };
      after_switch: {
        Args: {
          p_action: string;
          p_actor: string;
          p_actor_id: string;
          p_changed: boolean;
          p_details: Json;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      alert_json: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["alerts"]["Row"],
            Database["public"]["Tables"]["alerts"]["ComputedFields"]
          >;
          p_scope: string[];
        };
        Returns: Json;
      };
      alert_rule_json: {
        Args: {
          p_scope: string[];
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      alert_rule_problem: { Args: { p_rule: Json; p_scope: string[] }; Returns: string };
      all_in_scope: { Args: { p_organisations: string[]; p_scope: string[] }; Returns: boolean };
      api_credentials_json: {
        Args: {
          c: Omit<
            Database["public"]["Tables"]["api_credentials"]["Row"],
            Database["public"]["Tables"]["api_credentials"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      api_token_json: {
        Args: {
          t: Omit<
            Database["public"]["Tables"]["api_tokens"]["Row"],
            Database["public"]["Tables"]["api_tokens"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      applied_bounds: { Args: Record<PropertyKey, never>; Returns: number[] };
      apply_changes: { Args: { p_changes: Json }; Returns: Json };
      apply_in_place: { Args: { p_changes: Json }; Returns: Json };
      apply_results: { Args: { p_places: number[]; p_results: Json }; Returns: Json };
      apply_to_table: { Args: { p_changes: Json; p_table: string }; Returns: Json };
      archive_channel: {
        Args: { p_actor: string; p_actor_id: string; p_id: number; p_request_id: string; p_scope: string[] };
        Returns: boolean;
      };
      archive_destination: {
        Args: { p_actor: string; p_actor_id: string; p_id: number; p_request_id: string; p_scope: string[] };
        Returns: Json;
      };
      arrival_spread: { Args: { p_mean: number; p_variance: number }; Returns: number };
      arrivals_between: {
        Args: { p_event_type: string; p_from: string; p_organisation: string; p_provider: string; p_to: string };
        Returns: number;
      };
      arrivals_in_hour: {
        Args: {
          p_event_type: string;
          p_hour: string;
          p_organisation: string;
          p_outcomes: string[];
          p_provider: string;
        };
        Returns: number;
      };
      ask_incident_request: {
        Args: {
          p_action: Database["public"]["Enums"]["incident_request_action"];
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_input: Json;
          p_reason: string;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      assign_alert: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_assignee: string;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      assign_event: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_assignee: string;
          p_event_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      attach_bodies: { Args: { p_from: number; p_name: string; p_to: number }; Returns: undefined };
      attempt_for_export: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["attempts"]["Row"],
            Database["public"]["Tables"]["attempts"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      attempt_json: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["attempts"]["Row"],
            Database["public"]["Tables"]["attempts"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      back_fill: { Args: { p_closes: boolean; p_events: Json; p_id: number; p_scope: string[] }; Returns: Json };
      back_test: { Args: { p_days: number; p_rule: Json; p_scope: string[] }; Returns: Json };
      back_test_unit: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      bad_past: {
        Args: {
          p_from: string;
          p_to: string;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: {
          at: string;
          labels: Json;
          step: string;
          value: number;
        }[];
      };
      bad_spans: {
        Args: {
          p_from: string;
          p_to: string;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: {
          begins: string;
          ends: string;
          evaluations: number;
          labels: Json;
          step: string;
          text: string;
          value: number;
        }[];
      };
      begin_channel_test: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_most: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      begin_incident_round: { Args: { p_fence: number; p_id: number }; Returns: boolean };
      body_forgotten: { Args: { p_event_id: number }; Returns: Json };
      body_of: { Args: { p_event_id: number }; Returns: string };
      body_partitions_ahead: { Args: Record<PropertyKey, never>; Returns: Json };
      book_claim: { Args: { p_deliveries: number[] }; Returns: undefined };
      book_guess: { Args: { p_address: string; p_email: string; p_request_id: string }; Returns: Json };
      burst_of: {
        Args: {
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      cancel_reconciliation: {
        Args: { p_actor: string; p_actor_id: string; p_id: number; p_request_id: string; p_scope: string[] };
        Returns: Json;
      };
      capacity_of: {
        Args: {
          h: Omit<
            Database["public"]["Tables"]["destination_health"]["Row"],
            Database["public"]["Tables"]["destination_health"]["ComputedFields"]
          >;
          p_slots: number;
          p_worker: string;
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      catch_up_alerts: { Args: Record<PropertyKey, never>; Returns: undefined };
      cause_of_event: { Args: { p_event_id: number }; Returns: Database["public"]["Enums"]["incident_cause"] };
      change_alert_rule: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_change: Json;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
          p_version: number;
        };
        Returns: Json;
      };
      change_channel: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_changes: Json;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
          p_version: number;
        };
        Returns: Json;
      };
      change_incident: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_change: Json;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      change_notification_preferences: {
        Args: { p_actor: string; p_actor_id: string; p_changes: Json; p_request_id: string; p_staff_id: string };
        Returns: Json;
      };
      change_retention: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_class: Database["public"]["Enums"]["retention_class"];
          p_confirmed: boolean;
          p_days: number;
          p_inherits: boolean;
          p_organisation_id: string;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      change_staff: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_disabled?: boolean;
          p_id: string;
          p_organisations?: string[];
          p_own_id?: string;
          p_request_id: string;
          p_rescope?: boolean;
          p_role?: Database["public"]["Enums"]["staff_role"];
          p_scope: string[];
          p_scope_roles?: Json;
          p_tokens?: string;
          p_within: Database["public"]["Enums"]["staff_role"][];
        };
        Returns: Json;
      };
      changes_since: { Args: { p_cursor?: string; p_scope: string[] }; Returns: Json };
      channel_json: {
        Args: {
          c: Omit<
            Database["public"]["Tables"]["channels"]["Row"],
            Database["public"]["Tables"]["channels"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      claim_deliveries: {
        Args: {
          p_bytes?: number;
          p_kind?: Database["public"]["Enums"]["destination_kind"];
          p_lease_seconds: number;
          p_limit: number;
          p_replay_limit?: number;
          p_shares?: Json;
          p_slots?: number;
          p_worker: string;
        };
        Returns: Json;
      };
      claim_incidents: { Args: { p_lease_seconds: number; p_limit: number }; Returns: Json };
      claim_notifications: { Args: { p_lease_seconds: number; p_limit: number }; Returns: Json };
      claim_windows: { Args: { p_lease_seconds: number; p_limit: number; p_worker: string }; Returns: Json };
      clock_: { Args: Record<PropertyKey, never>; Returns: string };
      clock_shift: { Args: Record<PropertyKey, never>; Returns: string };
      close_incident: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_reason: string;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      close_when_done: {
        Args: { p_actor: string; p_actor_id: string; p_by: string; p_id: number; p_request_id: string };
        Returns: Json;
      };
      closed_findings: { Args: { p_provider: string; p_source_id: number }; Returns: Json };
      columns_from_before: { Args: { p_requested_at: string; p_row: Json; p_table: string }; Returns: string[] };
      columns_of_person: { Args: { p_table: string }; Returns: string[] };
      common_scope: { Args: { p_one: string[]; p_other: string[] }; Returns: string[] };
      configure_destinations: { Args: { p_destinations: Json }; Returns: number };
      contact_hash: { Args: { p_kind: string; p_shop: string; p_value: string }; Returns: string };
      contacts_in: { Args: { p_shop: string; p_text: string }; Returns: string[] };
      contacts_of: { Args: { p_email: string; p_phone: string; p_shop: string }; Returns: string[] };
      control_replay: {
        Args: {
          p_action: string;
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      count_attempts: { Args: { p_attempts: Json }; Returns: undefined };
      count_by_event: {
        Args: { p_condition: string; p_from: string; p_most: number; p_seconds: number; p_to: string };
        Returns: Json;
      };
      count_by_statistics: {
        Args: { p_filter: Json; p_from: string; p_most: number; p_scope: string[]; p_seconds: number; p_to: string };
        Returns: Json;
      };
      count_dead_letters: { Args: { p_scope: string[] }; Returns: number };
      count_event_types: { Args: { p_filter: Json; p_scope: string[] }; Returns: Json };
      count_events: { Args: { p_filter: Json; p_scope: string[] }; Returns: number };
      count_firing: { Args: { p_scope: string[] }; Returns: Json };
      count_older: {
        Args: {
          p_class: Database["public"]["Enums"]["retention_class"];
          p_days: number;
          p_most: number;
          p_organisation_id: string;
        };
        Returns: number;
      };
      count_outcomes: {
        Args: { p_failed: number; p_replay_id: number; p_skipped: number; p_succeeded: number };
        Returns: undefined;
      };
      count_refused_sign_in: { Args: { p_kind: string; p_subject: string }; Returns: number };
      count_running_replays: { Args: { p_scope: string[] }; Returns: number };
      count_selection: { Args: { p_scope: string[]; p_selection: Json }; Returns: number };
      counted_between: {
        Args: { p_bucket_seconds: number; p_from: string; p_scope: string[]; p_to: string };
        Returns: {
          at: string;
          count: number;
          event_type: string;
          outcome: string;
          provider: string;
        }[];
      };
      counted_of: {
        Args: { p_counted: Json };
        Returns: {
          by_type: Json;
          listed: number;
          received: number;
        }[];
      };
      counted_with: {
        Args: {
          p_counts: Json;
          r: Omit<
            Database["public"]["Tables"]["reconciliations"]["Row"],
            Database["public"]["Tables"]["reconciliations"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      counts_against_endpoint: { Args: { p_class: Database["public"]["Enums"]["error_class"] }; Returns: boolean };
      counts_between: {
        Args: {
          p_from: string;
          p_to: string;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Record<string, unknown>;
      };
      counts_for: {
        Args: {
          d: Omit<
            Database["public"]["Tables"]["deliveries"]["Row"],
            Database["public"]["Tables"]["deliveries"]["ComputedFields"]
          >;
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      counts_of_incident: {
        Args: { p_id: number };
        Returns: {
          accepted: number;
          affected: number;
          recovered: number;
          still_missing: number;
          total: number;
          unrecoverable: number;
          verified: number;
        }[];
      };
      create_alert_rule: {
        Args: { p_actor: string; p_actor_id: string; p_request_id: string; p_rule: Json; p_scope: string[] };
        Returns: Json;
      };
      create_api_token: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_days: number;
          p_hint: string;
          p_name: string;
          p_organisations: string[];
          p_owner_id?: string;
          p_parent_id?: number;
          p_request_id: string;
          p_scope: string[];
          p_scopes: string[];
          p_token_hash: string;
        };
        Returns: Json;
      };
      create_channel: {
        Args: { p_actor: string; p_actor_id: string; p_channel: Json; p_request_id: string; p_scope: string[] };
        Returns: Json;
      };
      create_destination: {
        Args: { p_actor: string; p_actor_id: string; p_destination: Json; p_request_id: string; p_scope: string[] };
        Returns: Json;
      };
      create_empty_replay: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_idempotency_key: string;
          p_kind: Database["public"]["Enums"]["replay_kind"];
          p_options: Json;
          p_reason: string;
          p_request_id: string;
          p_scope: string[];
          p_selection: Json;
        };
        Returns: Json;
      };
      create_event_view: { Args: { p_name: string; p_query: string; p_staff_id: string }; Returns: Json };
      create_first_admin: { Args: { p_email: string; p_name: string; p_password_hash: string }; Returns: boolean };
      create_reconciliation: {
        Args: { p_actor: string; p_actor_id: string; p_request_id: string; p_run: Json; p_scope: string[] };
        Returns: Json;
      };
      create_replay: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_idempotency_key: string;
          p_kind: Database["public"]["Enums"]["replay_kind"];
          p_limits: Json;
          p_options: Json;
          p_reason: string;
          p_request_id: string;
          p_scope: string[];
          p_selection: Json;
        };
        Returns: Json;
      };
      create_sample: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_event: Json;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      create_silence: {
        Args: { p_actor: string; p_actor_id: string; p_request_id: string; p_scope: string[]; p_silence: Json };
        Returns: Json;
      };
      create_source: {
        Args: { p_actor: string; p_actor_id: string; p_request_id: string; p_scope: string[]; p_source: Json };
        Returns: Json;
      };
      days_kept: {
        Args: { p_class: Database["public"]["Enums"]["retention_class"]; p_organisation_id: string };
        Returns: number;
      };
      dead_letters_json: {
        Args: { p_destination_id: number; p_error_group: string; p_scope: string[] };
        Returns: Json;
      };
      decide_incident_request: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_approve: boolean;
          p_id: number;
          p_reason: string;
          p_request: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      delay_after: { Args: { p_guesses: number }; Returns: number };
      delete_alert_rule: {
        Args: { p_actor: string; p_actor_id: string; p_id: number; p_request_id: string; p_scope: string[] };
        Returns: Json;
      };
      delete_api_credentials: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_provider: string;
          p_request_id: string;
          p_scope: string[];
          p_source_id: number;
        };
        Returns: boolean;
      };
      delete_event_view: { Args: { p_id: number; p_staff_id: string }; Returns: boolean };
      delete_events: { Args: { p_ids: number[] }; Returns: undefined };
      delete_source: {
        Args: { p_actor: string; p_actor_id: string; p_id: number; p_request_id: string; p_scope: string[] };
        Returns: boolean;
      };
      deliver_late_webhooks: { Args: { p_events: number[] }; Returns: undefined };
      delivers_again: {
        Args: {
          i: Omit<
            Database["public"]["Tables"]["incidents"]["Row"],
            Database["public"]["Tables"]["incidents"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      delivery_predicate: { Args: { p_filter: Json }; Returns: string };
      derive_business: { Args: { p_customer: string }; Returns: Json };
      destination_json: {
        Args: {
          d: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      destination_name: {
        Args: {
          p_scope: string[];
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      disable_destination: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_because: string;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      discard_draft: { Args: { p_id: number; p_scope: string[] }; Returns: boolean };
      draft_alert_incident: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      drop_bodies: { Args: { p_exported: number; p_file: string; p_name: string }; Returns: Json };
      due_deliveries: {
        Args: {
          p_destination_id: number;
          p_lane: Database["public"]["Enums"]["delivery_lane"];
          p_limit: number;
          p_together: number[];
        };
        Returns: number[];
      };
      due_reports: { Args: { p_limit: number }; Returns: Json };
      due_watches: { Args: { p_sources: Json }; Returns: Json };
      enable_destination: {
        Args: { p_actor: string; p_actor_id: string; p_id: number; p_request_id: string; p_scope: string[] };
        Returns: Json;
      };
      end_all_sessions: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_own_id?: string;
          p_request_id: string;
          p_scope: string[];
          p_staff_id: string;
          p_within?: Database["public"]["Enums"]["staff_role"][];
        };
        Returns: Json;
      };
      end_failing: { Args: { p_disable_after_days: number }; Returns: undefined };
      end_heartbeat: { Args: { p_name: string }; Returns: boolean };
      end_incident_verification: {
        Args: { p_complete: boolean; p_fence: number; p_found: Json; p_id: number; p_reason: string };
        Returns: Json;
      };
      end_of_chain: { Args: { p_before: Json; p_level: number; p_states: Json }; Returns: Json };
      end_of_last_partition: {
        Args: { p_from: number; p_name: string; p_next: number; p_width: number };
        Returns: string;
      };
      end_replay: {
        Args: {
          p_because: string;
          p_id: number;
          p_skip_reason: Database["public"]["Enums"]["skip_reason"];
          p_status: Database["public"]["Enums"]["replay_status"];
        };
        Returns: undefined;
      };
      end_retention_turn: { Args: { p_problem: string; p_rest_seconds: number; p_worker: string }; Returns: undefined };
      end_session: { Args: { p_id: number; p_request_id: string; p_staff_id: string }; Returns: boolean };
      end_sessions: { Args: { p_because: string; p_staff_id: string }; Returns: number };
      end_silence: {
        Args: { p_actor: string; p_actor_id: string; p_id: number; p_request_id: string; p_scope: string[] };
        Returns: Json;
      };
      ending_of: { Args: { p_name: string }; Returns: string };
      ensure_body_partitions: { Args: Record<PropertyKey, never>; Returns: Json };
      error_group_of: {
        Args: { p_error_class: Database["public"]["Enums"]["error_class"]; p_http_status: number; p_message: string };
        Returns: string;
      };
      evaluate_alerts: { Args: { p_horizons?: Json; p_limit: number }; Returns: Json };
      evaluate_series: { Args: { p_horizons: Json; p_id: number }; Returns: string };
      evaluation_rank: { Args: { p_kind: Database["public"]["Enums"]["alert_kind"] }; Returns: number };
      event_assignee_json: { Args: { p_event_id: number }; Returns: Json };
      event_branches: { Args: { p_filter: Json; p_scope: string[] }; Returns: string[] };
      event_concerned: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
          p: Omit<
            Database["public"]["Tables"]["privacy_requests"]["Row"],
            Database["public"]["Tables"]["privacy_requests"]["ComputedFields"]
          >;
          p_people: string[];
        };
        Returns: boolean;
      };
      event_for_projection: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
          p_settings: Json;
        };
        Returns: Json;
      };
      event_neighbours: { Args: { p_filter: Json; p_id: number; p_scope: string[] }; Returns: Json };
      event_note_json: {
        Args: {
          n: Omit<
            Database["public"]["Tables"]["event_notes"]["Row"],
            Database["public"]["Tables"]["event_notes"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      event_outcome: { Args: { p_status: Database["public"]["Enums"]["event_status"] }; Returns: string };
      event_predicate: { Args: { p_filter: Json; p_scope: string[] }; Returns: string };
      event_success_rate: { Args: { p_counts: Json }; Returns: number };
      event_view_json: {
        Args: {
          v: Omit<
            Database["public"]["Tables"]["event_views"]["Row"],
            Database["public"]["Tables"]["event_views"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      events_about: {
        Args: {
          p: Omit<
            Database["public"]["Tables"]["privacy_requests"]["Row"],
            Database["public"]["Tables"]["privacy_requests"]["ComputedFields"]
          >;
        };
        Returns: number[];
      };
      events_in_use: { Args: { p_events: number[] }; Returns: number[] };
      events_json: { Args: { p_ids: number[]; p_scope: string[] }; Returns: Json };
      events_link: {
        Args: {
          p_more: string;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      events_of_shop: { Args: { p_shop: string }; Returns: number[] };
      every_action_choice: { Args: Record<PropertyKey, never>; Returns: Json };
      evidence_by_organisation: {
        Args: {
          n: Omit<
            Database["public"]["Tables"]["incidents"]["Row"],
            Database["public"]["Tables"]["incidents"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      evidence_by_type: { Args: { p_id: number }; Returns: Json };
      evidence_config: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      evidence_counts: {
        Args: { p_accepted: number; p_states: Database["public"]["Enums"]["incident_item_state"][] };
        Returns: Json;
      };
      evidence_sources: {
        Args: { p_id: number };
        Returns: {
          provider: string;
          source_id: number;
        }[];
      };
      expected_arrivals: {
        Args: Record<PropertyKey, never>;
        Returns: {
          event_type: string;
          organisation_id: string;
          provider: string;
        }[];
      };
      expected_between: { Args: { p_from: string; p_rates: number[]; p_to: string }; Returns: number };
      expected_by: { Args: { p_expected: number; p_from: string; p_rates: number[] }; Returns: string };
      expected_series: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: {
          destination_id: number;
          event_type: string;
          organisation_id: string;
          provider: string;
        }[];
      };
      expire_leases: { Args: { p_limit: number }; Returns: number };
      explains: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["alerts"]["Row"],
            Database["public"]["Tables"]["alerts"]["ComputedFields"]
          >;
          o: Omit<
            Database["public"]["Tables"]["alerts"]["Row"],
            Database["public"]["Tables"]["alerts"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      explanation_json: { Args: { p_explain: Json }; Returns: Json };
      fail_window: {
        Args: { p_counts: boolean; p_fence: number; p_problem: string; p_retry_ms: number; p_window: number };
        Returns: boolean;
      };
      find_back_fill: {
        Args: { p_actor_id: string; p_id: number; p_idempotency_key: string; p_scope: string[] };
        Returns: string;
      };
      find_by_words: { Args: { p_limit: number; p_scope: string[]; p_words: string[] }; Returns: number[] };
      find_destination_by_url: {
        Args: { p_organisation_id: string; p_scope: string[]; p_urls: string[] };
        Returns: Json;
      };
      find_events: {
        Args: { p_limit: number; p_query: string; p_scope: string[]; p_words: string[] };
        Returns: {
          id: number;
          n: number;
        }[];
      };
      find_finding_of_event: { Args: { p_event_id: number; p_scope: string[] }; Returns: Json };
      find_forgettable_bodies: { Args: { p_after: number }; Returns: Json };
      find_incident_causes: {
        Args: {
          p_after: number;
          p_fence: number;
          p_id: number;
          p_limit: number;
          p_step: Database["public"]["Enums"]["incident_step"];
        };
        Returns: Json;
      };
      find_invitation: { Args: { p_token_hash: string }; Returns: Json };
      find_organisations: { Args: { p_limit: number; p_query: string; p_scope: string[] }; Returns: string[] };
      find_person: { Args: { p_event_id: number; p_scope: string[] }; Returns: Json };
      find_runnable_events: {
        Args: { p_limit: number; p_max_age_days: number; p_options: Json; p_scope: string[]; p_selection: Json };
        Returns: Json;
      };
      find_sealed_channel: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      find_sealed_destination: { Args: Record<PropertyKey, never>; Returns: Json };
      find_staff: { Args: { p_email: string }; Returns: Json };
      finding_json: {
        Args: {
          f: Omit<
            Database["public"]["Tables"]["findings"]["Row"],
            Database["public"]["Tables"]["findings"]["ComputedFields"]
          >;
          p_scope: string[];
        };
        Returns: Json;
      };
      findings_of: {
        Args: { p_id: number };
        Returns: {
          back_filling: number;
          drifted: number;
          late: number;
          missing: number;
          not_subscribed: number;
          rejected: number;
          repaired: number;
          undelivered: number;
          unrecoverable: number;
        }[];
      };
      finish_back_fill: { Args: { p_id: number; p_problem: string }; Returns: undefined };
      fire_series: {
        Args: {
          p_signal: Json;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      first_of_keys: {
        Args: { p_destination_id: number; p_lane: Database["public"]["Enums"]["delivery_lane"]; p_limit: number };
        Returns: {
          attempt_count: number;
          created_at: string;
          destination_id: number;
          due_at: string;
          error_group: string | null;
          event_id: number;
          fence: number;
          finished_at: string | null;
          id: number;
          lane: Database["public"]["Enums"]["delivery_lane"];
          last_error: string | null;
          last_error_class: Database["public"]["Enums"]["error_class"] | null;
          last_http_status: number | null;
          lease_until: string | null;
          ordering_key: string | null;
          replay_id: number | null;
          status: Database["public"]["Enums"]["delivery_status"];
          tries: number;
          worker: string | null;
        }[];
        SetofOptions: {
          from: "*";
          to: "deliveries";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      first_status: {
        Args: {
          p_destination: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: Database["public"]["Enums"]["delivery_status"];
      };
      for_address: { Args: { p_value: string }; Returns: string };
      forget_guess: { Args: { p_id: number; p_was_right: boolean }; Returns: undefined };
      forget_notifications: { Args: { p_limit: number }; Returns: number };
      forget_old_guesses: { Args: { p_now: string }; Returns: undefined };
      forget_old_sessions: { Args: { p_staff_id: string }; Returns: undefined };
      forget_reconciliation: { Args: { p_limit: number }; Returns: number };
      forget_rows: {
        Args: { p_class: Database["public"]["Enums"]["retention_class"]; p_file: string; p_ids: number[] };
        Returns: Json;
      };
      forget_staff_actions: { Args: { p_ids: number[] }; Returns: undefined };
      forgettable_of: {
        Args: { p_class: Database["public"]["Enums"]["retention_class"]; p_ids: number[] };
        Returns: number[];
      };
      free_shard: { Args: Record<PropertyKey, never>; Returns: number };
      get_alert: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_alert_rule: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_api_credentials: { Args: { p_provider: string; p_scope: string[]; p_source_id: number }; Returns: Json };
      get_channel: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_destination: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_event: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_finding: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_incident: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_notification_preferences: { Args: { p_staff_id: string }; Returns: Json };
      get_reconciliation: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_replay: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_sealed_destination: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_silence: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_source: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      get_staff: { Args: { p_id: string }; Returns: Json };
      group_due: { Args: { p_channel_id: number; p_group_key: string; p_staff_id: string }; Returns: string };
      grow_incident: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_most: number;
          p_reason: string;
          p_request_id: string;
          p_scope: string[];
          p_selection: Json;
        };
        Returns: Json;
      };
      has_body: { Args: { p_event_id: number }; Returns: boolean };
      has_due: { Args: { p_destination_id: number }; Returns: boolean };
      has_events_in_use: { Args: { p_from: number; p_to: number }; Returns: boolean };
      has_families: { Args: { p_event_types: string[] }; Returns: boolean };
      has_key: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
          p_key: string;
          p_selection: Json;
        };
        Returns: boolean;
      };
      has_newer_state: {
        Args: { p_at: string; p_destination_id: number; p_event_type: string; p_object_id: string; p_provider: string };
        Returns: boolean;
      };
      header_of: { Args: { p_headers: Json; p_name: string }; Returns: string };
      heal_findings: { Args: { p_limit: number }; Returns: number };
      healed_state: {
        Args: {
          p_differs: boolean;
          p_event_id: number;
          p_kind: Database["public"]["Enums"]["finding_kind"];
          p_origin: Database["public"]["Enums"]["event_origin"];
          p_state: Database["public"]["Enums"]["finding_state"];
          p_wrong: Database["public"]["Enums"]["finding_kind"];
        };
        Returns: Database["public"]["Enums"]["finding_state"];
      };
      healed_text: { Args: Record<PropertyKey, never>; Returns: string };
      histogram_outcome: { Args: { p_status: Database["public"]["Enums"]["event_status"] }; Returns: string };
      histogram_slot: { Args: { p_at: string; p_seconds: number }; Returns: string };
      histogram_step: { Args: { p_from: string; p_to: string }; Returns: number };
      hold_api_account: { Args: { p_account: string; p_ms: number }; Returns: undefined };
      hold_batch: { Args: Record<PropertyKey, never>; Returns: number };
      hold_deliveries: { Args: { p_destination_id: number }; Returns: number };
      hold_of: {
        Args: {
          h: Omit<
            Database["public"]["Tables"]["destination_health"]["Row"],
            Database["public"]["Tables"]["destination_health"]["ComputedFields"]
          >;
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      hold_of_delivery: {
        Args: {
          d: Omit<
            Database["public"]["Tables"]["deliveries"]["Row"],
            Database["public"]["Tables"]["deliveries"]["ComputedFields"]
          >;
          h: Omit<
            Database["public"]["Tables"]["destination_health"]["Row"],
            Database["public"]["Tables"]["destination_health"]["ComputedFields"]
          >;
          p_scope: string[];
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      hold_within: {
        Args: {
          h: Omit<
            Database["public"]["Tables"]["destination_health"]["Row"],
            Database["public"]["Tables"]["destination_health"]["ComputedFields"]
          >;
          p_scope: string[];
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      hour_of_week: { Args: { p_hour: string }; Returns: number };
      hours_away: {
        Args: { p_from: string; p_until: string };
        Returns: {
          hour: string;
        }[];
      };
      http_statuses: { Args: { p_list: Json }; Returns: number[] };
      impact_of_incident: { Args: { p_id: number }; Returns: Json };
      in_flight: { Args: { p_destination_id: number }; Returns: number };
      in_scope: { Args: { p_organisation: string; p_scope: string[] }; Returns: boolean };
      incident_findings_to_store: { Args: { p_after: number; p_id: number; p_limit: number }; Returns: Json };
      incident_in_brief: {
        Args: {
          i: Omit<
            Database["public"]["Tables"]["incidents"]["Row"],
            Database["public"]["Tables"]["incidents"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      incident_of_run: { Args: { p_run: number }; Returns: number };
      incident_request_json: {
        Args: {
          q: Omit<
            Database["public"]["Tables"]["incident_requests"]["Row"],
            Database["public"]["Tables"]["incident_requests"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      incident_sources: { Args: { p_id: number }; Returns: Json };
      invite_staff: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_email: string;
          p_organisations: string[];
          p_request_id: string;
          p_role: Database["public"]["Enums"]["staff_role"];
          p_scope: string[];
          p_token_hash: string;
        };
        Returns: Json;
      };
      is_active_admin: {
        Args: {
          u: Omit<
            Database["public"]["Tables"]["staff_users"]["Row"],
            Database["public"]["Tables"]["staff_users"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      is_brought_back: { Args: { p_origin: Database["public"]["Enums"]["event_origin"] }; Returns: boolean };
      is_first: {
        Args: {
          p_destination_id: number;
          p_id: number;
          p_key: string;
          p_lane: Database["public"]["Enums"]["delivery_lane"];
        };
        Returns: boolean;
      };
      is_forgettable: { Args: { p_from: number; p_to: number }; Returns: boolean };
      is_free: {
        Args: {
          f: Omit<
            Database["public"]["Tables"]["findings"]["Row"],
            Database["public"]["Tables"]["findings"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      is_from_before: { Args: { p_requested_at: string; p_row: Json }; Returns: boolean };
      is_in_use: { Args: { p_provider: string; p_source_id: number }; Returns: boolean };
      is_incident_closed: {
        Args: {
          i: Omit<
            Database["public"]["Tables"]["incidents"]["Row"],
            Database["public"]["Tables"]["incidents"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      is_of_family: { Args: { p_event_type: string; p_wanted: string[] }; Returns: boolean };
      is_recovery_active: {
        Args: {
          i: Omit<
            Database["public"]["Tables"]["incidents"]["Row"],
            Database["public"]["Tables"]["incidents"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      is_row_lost: {
        Args: { p_after: Json; p_changed_at: string; p_event_key: string; p_row: Json };
        Returns: boolean;
      };
      is_subscribed: { Args: { p_event_type: string; p_types: string[] }; Returns: boolean };
      is_switched_off: { Args: { p_organisation: string; p_provider: string }; Returns: boolean };
      is_wanted: {
        Args: {
          p_from: string;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      iso: { Args: { p_at: string }; Returns: string };
      item_identity: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      items_to_recover: {
        Args: { p_id: number; p_max_age_days: number };
        Returns: {
          accepted_at: string | null;
          accepted_by: string | null;
          accepted_by_id: string | null;
          amount: number | null;
          cause: Database["public"]["Enums"]["incident_cause"];
          changed_at: string;
          currency: string | null;
          customer_id: string | null;
          event_id: number | null;
          event_type: string;
          finding_id: number | null;
          identity: string;
          incident_id: number;
          object_id: string | null;
          occurred_at: string | null;
          organisation_id: string | null;
          position: number;
          proof: Json | null;
          provider: string;
          reason: string | null;
          replay_id: number | null;
          source_id: number | null;
          state: Database["public"]["Enums"]["incident_item_state"];
        }[];
        SetofOptions: {
          from: "*";
          to: "incident_items";
          isOneToOne: false;
          isSetofReturn: true;
        };
      };
      judge_counts: {
        Args: {
          p_at_least: number;
          p_before: number;
          p_dead: number;
          p_delivered: number;
          p_failed: number;
          p_kind: Database["public"]["Enums"]["alert_kind"];
          p_received: number;
          p_rejected: number;
          p_threshold: number;
        };
        Returns: Record<string, unknown>;
      };
      kept_headers: { Args: { p_headers: Json }; Returns: Json };
      kpi_facts: {
        Args: { p_by: string; p_from: string; p_scope: string[]; p_to: string };
        Returns: {
          count: number;
          key: string;
          ms: number;
          outcome: string;
        }[];
      };
      kpi_json: { Args: { p_counts: Json; p_ms: Json }; Returns: Json };
      lacking_of: { Args: { p_run: number; p_types: string[] }; Returns: number };
      lacks_delivery: { Args: { p_event_id: number }; Returns: boolean };
      last_arrival: { Args: { p_event_type: string; p_organisation: string; p_provider: string }; Returns: string };
      last_event_within: { Args: { p_provider: string; p_scope: string[] }; Returns: Json };
      last_position: { Args: { p_id: number }; Returns: number };
      latency_bounds: { Args: Record<PropertyKey, never>; Returns: number[] };
      latency_histogram: { Args: { p_bounds?: number[]; p_durations: number[] }; Returns: number[] };
      latency_quantile: { Args: { p_bounds?: number[]; p_latency: number[]; p_quantile: number }; Returns: number };
      learn_arrivals: { Args: { p_limit: number }; Returns: number };
      learn_arrivals_of: { Args: { p_organisation: string }; Returns: undefined };
      lease_deliveries: {
        Args: { p_chosen: number[]; p_lease_seconds: number; p_shares: Json; p_worker: string };
        Returns: Json;
      };
      lift_sign_in_limit: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_kind: string;
          p_request_id: string;
          p_scope: string[];
          p_subject: string;
        };
        Returns: number;
      };
      likelier_end: { Args: { p_states: Json }; Returns: Json };
      limit_exceeded: { Args: { p_id: number; p_limits: Json }; Returns: Json };
      link_alert_incident: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_incident_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: boolean;
      };
      link_incident_events: { Args: { p_fence: number; p_id: number }; Returns: Json };
      link_staff: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: string;
          p_own_id?: string;
          p_request_id: string;
          p_scope: string[];
          p_token_hash: string;
          p_within: Database["public"]["Enums"]["staff_role"][];
        };
        Returns: Json;
      };
      list_action_choices: { Args: { p_scope: string[] }; Returns: Json };
      list_actions: { Args: { p_cursor?: string; p_filter: Json; p_limit: number; p_scope: string[] }; Returns: Json };
      list_alert_rules: { Args: { p_scope: string[] }; Returns: Json };
      list_alerts: { Args: { p_after: number; p_filter: Json; p_limit: number; p_scope: string[] }; Returns: Json };
      list_api_credentials: { Args: { p_scope: string[] }; Returns: Json };
      list_api_requests: { Args: { p_after: number; p_id: number; p_limit: number; p_scope: string[] }; Returns: Json };
      list_api_tokens: { Args: { p_scope: string[] }; Returns: Json };
      list_applied_migrations: { Args: Record<PropertyKey, never>; Returns: string[] };
      list_back_fillable: {
        Args: { p_finding_ids: number[]; p_id: number; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_body_partitions: {
        Args: Record<PropertyKey, never>;
        Returns: {
          from_id: number;
          name: string;
          to_id: number;
        }[];
      };
      list_channel_notifications: {
        Args: { p_after: number; p_id: number; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_channels: { Args: { p_scope: string[] }; Returns: Json };
      list_coverage: { Args: { p_providers: string[]; p_scope: string[] }; Returns: Json };
      list_dead_letter_groups: { Args: { p_limit: number; p_scope: string[] }; Returns: Json };
      list_dead_letters: { Args: { p_limit: number; p_scope: string[] }; Returns: Json };
      list_destination_deliveries: {
        Args: { p_cursor: number; p_id: number; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_destinations: { Args: { p_scope: string[] }; Returns: Json };
      list_event_notes: { Args: { p_event_id: number; p_scope: string[] }; Returns: Json };
      list_event_views: { Args: { p_staff_id: string }; Returns: Json };
      list_events: {
        Args: { p_after?: string; p_cursor: string; p_filter: Json; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_evidence_items: {
        Args: { p_after: number; p_id: number; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_evidence_log: { Args: { p_after: number; p_id: number; p_limit: number; p_scope: string[] }; Returns: Json };
      list_evidence_rejections: {
        Args: { p_after: number; p_id: number; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_evidence_replays: {
        Args: { p_after: number; p_id: number; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_evidence_requests: {
        Args: { p_after: number; p_id: number; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_findings: {
        Args: { p_after: number; p_id: number; p_kind: string; p_limit: number; p_scope: string[]; p_state: string };
        Returns: Json;
      };
      list_forgettable: {
        Args: {
          p_after: number;
          p_before: number;
          p_class: Database["public"]["Enums"]["retention_class"];
          p_limit: number;
        };
        Returns: Json;
      };
      list_incident_items: {
        Args: { p_after: number; p_filter: Json; p_id: number; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_incident_log: { Args: { p_after: number; p_id: number; p_limit: number; p_scope: string[] }; Returns: Json };
      list_incidents: { Args: { p_after: number; p_filter: Json; p_limit: number; p_scope: string[] }; Returns: Json };
      list_key_choices: { Args: { p_scope: string[]; p_selection: Json }; Returns: Json };
      list_merchant_events: {
        Args: { p_cursor: string; p_filter: Json; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_missing_events: { Args: { p_scope: string[]; p_selection: Json }; Returns: Json };
      list_notices: { Args: { p_actor_id: string; p_scope: string[] }; Returns: Json };
      list_organisations: { Args: { p_limit: number; p_scope: string[] }; Returns: string[] };
      list_own_objects: {
        Args: {
          p_after: string;
          p_from: string;
          p_limit: number;
          p_provider: string;
          p_source_id: number;
          p_to: string;
          p_types: string[];
        };
        Returns: Json;
      };
      list_projectable_items: {
        Args: { p_after: number; p_limit: number; p_replay_id: number; p_scope: string[] };
        Returns: Json;
      };
      list_reconciliations: {
        Args: { p_after: number; p_filter: Json; p_limit: number; p_scope: string[] };
        Returns: Json;
      };
      list_related_events: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      list_replay_failures: {
        Args: { p_after: number; p_limit: number; p_replay_id: number; p_scope: string[] };
        Returns: Json;
      };
      list_replay_items: {
        Args: { p_after: number; p_limit: number; p_outcome: string; p_replay_id: number; p_scope: string[] };
        Returns: Json;
      };
      list_replays: { Args: { p_cursor: number; p_filter: Json; p_limit: number; p_scope: string[] }; Returns: Json };
      list_sessions: { Args: { p_staff_id: string }; Returns: Json };
      list_sign_in_limits: { Args: { p_scope: string[] }; Returns: Json };
      list_silences: { Args: { p_scope: string[] }; Returns: Json };
      list_silent_providers: { Args: { p_scope: string[] }; Returns: Json };
      list_source_tokens: { Args: Record<PropertyKey, never>; Returns: Json };
      list_sources: { Args: { p_providers: string[]; p_scope: string[] }; Returns: Json };
      list_sources_of_organisation: {
        Args: { p_company_id: string; p_organisation_id: string; p_provider: string; p_scope: string[] };
        Returns: Json;
      };
      list_staff: { Args: { p_scope: string[] }; Returns: Json };
      list_wrong_addresses: { Args: { p_scope: string[]; p_senders: string[] }; Returns: Json };
      lock_forgetting: { Args: { p_alone: boolean }; Returns: undefined };
      lock_incident: {
        Args: { p_fence: number; p_id: number };
        Returns: {
          accepted: number;
          actor: string;
          actor_id: string;
          affected: number;
          cause: string;
          closed_at: string | null;
          closed_by: string | null;
          due_at: string;
          from_ts: string;
          id: number;
          lease_until: string | null;
          opened_at: string;
          opened_by: Database["public"]["Enums"]["incident_opener"];
          organisations: string[] | null;
          owner: string | null;
          owner_id: string | null;
          recovered: number;
          recovering_at: string | null;
          recovery: Json | null;
          reopened_at: string | null;
          request_id: string | null;
          responded_at: string | null;
          scope: string[] | null;
          selection: NonNullable<Json>;
          severity: Database["public"]["Enums"]["incident_severity"];
          state: Database["public"]["Enums"]["incident_state"];
          still_missing: number;
          title: string;
          to_ts: string;
          total: number;
          unrecoverable: number;
          verified: number;
          verified_at: string | null;
          verifying_at: string | null;
        };
        SetofOptions: {
          from: "*";
          to: "incidents";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      lock_replay: { Args: { p_id: number }; Returns: undefined };
      lock_rows: { Args: { p_results: Json; p_wait: boolean }; Returns: number[] };
      lost_deliveries: { Args: { p_deliveries: number[] }; Returns: number[] };
      low_hours: {
        Args: { p_counts: number[]; p_length: number; p_limit: number; p_rates: number[]; p_spread: number };
        Returns: {
          expected: number;
          hour: number;
          hours: number;
          observed: number;
        }[];
      };
      maintain_destinations: { Args: { p_disable_after_days: number }; Returns: number };
      make_bodies: { Args: { p_from: number; p_to: number }; Returns: undefined };
      mark_back_filling: {
        Args: { p_finding_ids: number[]; p_id: number; p_replay_id: number; p_scope: string[] };
        Returns: number;
      };
      mask_url: { Args: { p_url: string }; Returns: string };
      match_entries: { Args: { p_entries: Json; p_window: number }; Returns: Json };
      match_keys: {
        Args: { p_entries: Json; p_provider: string; p_source_id: number; p_subscribed: string[] };
        Returns: Json;
      };
      may_probe: {
        Args: {
          h: Omit<
            Database["public"]["Tables"]["destination_health"]["Row"],
            Database["public"]["Tables"]["destination_health"]["ComputedFields"]
          >;
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      may_see_source: { Args: { p_provider: string; p_scope: string[]; p_source_id: number }; Returns: boolean };
      members_of: { Args: { p_names: Json; p_row: Json }; Returns: Json };
      merge_headers: { Args: { p_given: Json; p_old: Json }; Returns: Json };
      message_json: { Args: { p_message: Json }; Returns: Json };
      minutes_in_words: { Args: { p_minutes: number }; Returns: string };
      missing_counts: { Args: { p_scope: string[] }; Returns: Json };
      missing_of: {
        Args: {
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: {
          identity: string;
          occurred_at: string;
          run: number;
        }[];
      };
      money_of_incident: { Args: { p_id: number }; Returns: Json };
      move_breaker: {
        Args: {
          h: Omit<
            Database["public"]["Tables"]["destination_health"]["Row"],
            Database["public"]["Tables"]["destination_health"]["ComputedFields"]
          >;
          p_against: number;
          p_bad_deliveries: number[];
          p_deliveries: number[];
          p_succeeded: number;
          p_throttle_ms: number;
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: undefined;
      };
      move_metric_totals: { Args: Record<PropertyKey, never>; Returns: boolean };
      network_of: { Args: { p_address: string }; Returns: string };
      new_entries: {
        Args: {
          p_entries: Json;
          r: Omit<
            Database["public"]["Tables"]["reconciliations"]["Row"],
            Database["public"]["Tables"]["reconciliations"]["ComputedFields"]
          >;
        };
        Returns: number[];
      };
      newest_forgettable: { Args: { p_class: Database["public"]["Enums"]["retention_class"] }; Returns: string };
      newest_state: { Args: { p_history: Json }; Returns: Json };
      next_channel_id: { Args: Record<PropertyKey, never>; Returns: number };
      next_due: {
        Args: { p_kind: Database["public"]["Enums"]["destination_kind"]; p_open: number[]; p_replays: boolean };
        Returns: string;
      };
      next_event_id: { Args: Record<PropertyKey, never>; Returns: number };
      normalise_error: { Args: { p_message: string }; Returns: string };
      note_api_requests: {
        Args: { p_id: number; p_provider: string; p_requests: Json; p_window: number };
        Returns: undefined;
      };
      note_api_test: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_problem: string;
          p_provider: string;
          p_request_id: string;
          p_scope: string[];
          p_source_id: number;
          p_stored: boolean;
        };
        Returns: boolean;
      };
      note_channel: { Args: { p_id: number; p_outcome: string; p_status: string }; Returns: undefined };
      note_configuration: { Args: { p_configuration: Json; p_id: number }; Returns: undefined };
      note_coverage: { Args: { p_id: number }; Returns: undefined };
      note_destination: {
        Args: {
          p_action: string;
          p_actor: string;
          p_actor_id: string;
          p_details: Json;
          p_id: number;
          p_request_id: string;
        };
        Returns: undefined;
      };
      note_endpoint_test: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_details: Json;
          p_most_per_minute: number;
          p_request_id: string;
          p_subject: string;
        };
        Returns: boolean;
      };
      note_event: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_event_id: number;
          p_message: string;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      note_evidence: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_details: Json;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: boolean;
      };
      note_health: { Args: { p_results: Json }; Returns: undefined };
      note_heartbeat: {
        Args: { p_details: Json; p_kind: string; p_name: string; p_version: string };
        Returns: undefined;
      };
      note_incident: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_message: string;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: number;
      };
      note_incident_organisations: { Args: { p_id: number }; Returns: undefined };
      note_incident_stage: { Args: { p_fence: number; p_id: number; p_replay_id: number }; Returns: number };
      note_incident_step: {
        Args: { p_change: Json; p_fence: number; p_id: number; p_step: Database["public"]["Enums"]["incident_step"] };
        Returns: boolean;
      };
      note_notifications: { Args: { p_notifications: Json; p_result: Json }; Returns: boolean };
      note_resend: { Args: { p_id: number; p_resent: Json }; Returns: undefined };
      note_silences_asked: { Args: { p_run: number; p_series: number[] }; Returns: number };
      note_source: {
        Args: {
          p_action: string;
          p_actor: string;
          p_actor_id: string;
          p_details: Json;
          p_request_id: string;
          s: Omit<
            Database["public"]["Tables"]["sources"]["Row"],
            Database["public"]["Tables"]["sources"]["ComputedFields"]
          >;
        };
        Returns: undefined;
      };
      notice_end: { Args: { p_replay_id: number }; Returns: undefined };
      notification_pause: { Args: { p_attempts: number }; Returns: string };
      notify_acknowledged: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["alerts"]["Row"],
            Database["public"]["Tables"]["alerts"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      notify_admins: { Args: { p_message: string; p_subject: string }; Returns: undefined };
      notify_again: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["alerts"]["Row"],
            Database["public"]["Tables"]["alerts"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      notify_alert: {
        Args: { p_alert_id: number; p_kind: Database["public"]["Enums"]["notification_kind"] };
        Returns: number;
      };
      notify_fired: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["alerts"]["Row"],
            Database["public"]["Tables"]["alerts"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      notify_resolved: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["alerts"]["Row"],
            Database["public"]["Tables"]["alerts"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      now_: { Args: Record<PropertyKey, never>; Returns: string };
      number_in: { Args: { p_prefix: string; p_text: string }; Returns: number };
      oldest_due_seconds: { Args: Record<PropertyKey, never>; Returns: number };
      oldest_of: {
        Args: { p_class: Database["public"]["Enums"]["retention_class"] };
        Returns: {
          at: string;
          organisation_id: string;
        }[];
      };
      one_of: { Args: { p_column: string; p_list: Json; p_type: string }; Returns: string };
      open_findings: { Args: { p_provider: string; p_source_id: number }; Returns: Json };
      open_incident: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_incident: Json;
          p_most: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      open_incident_request: {
        Args: { p_actor_id: string; p_id: number; p_request: number; p_scope: string[] };
        Returns: Json;
      };
      open_invitation: { Args: { p_address: string; p_counts: boolean; p_token_hash: string }; Returns: Json };
      open_silence_incidents: { Args: { p_most: number }; Returns: number };
      ordering_key_of: {
        Args: {
          p_event_key: string;
          p_object_id: string;
          p_ordering: Database["public"]["Enums"]["delivery_ordering"];
          p_organisation_id: string;
        };
        Returns: string;
      };
      organisations_of: { Args: { p_actor_id?: string; p_subject: string }; Returns: string[] };
      outcomes: { Args: { p_counts: Json }; Returns: Json };
      pace_of: {
        Args: {
          h: Omit<
            Database["public"]["Tables"]["destination_health"]["Row"],
            Database["public"]["Tables"]["destination_health"]["ComputedFields"]
          >;
          p_shares: Json;
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      paired_events: { Args: { p_events: Json }; Returns: Json };
      pairing_lock: { Args: { p_provider: string; p_source_id: number }; Returns: number };
      past_alert: {
        Args: { p_first: string; p_labels: Json; p_resolved: string; p_text: string; p_to: string };
        Returns: Json;
      };
      past_arrivals: {
        Args: {
          p_from: string;
          p_to: string;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: {
          begins: string;
          ends: string;
          evaluations: number;
          labels: Json;
          step: string;
          text: string;
          value: number;
        }[];
      };
      past_counts: {
        Args: {
          p_from: string;
          p_to: string;
          p_unit: string;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: {
          at: string;
          count: number;
          event_type: string;
          outcome: string;
          provider: string;
        }[];
      };
      past_drops: {
        Args: {
          p_from: string;
          p_to: string;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: {
          begins: string;
          ends: string;
          event_type: string;
          organisation_id: string;
          provider: string;
          text: string;
        }[];
      };
      past_silences: {
        Args: {
          p_from: string;
          p_most?: number;
          p_to: string;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: {
          begins: string;
          ends: string;
          event_type: string;
          organisation_id: string;
          provider: string;
          text: string;
        }[];
      };
      past_too_few: {
        Args: {
          p_from: string;
          p_to: string;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: {
          begins: string;
          ends: string;
          event_type: string;
          organisation_id: string;
          provider: string;
          text: string;
        }[];
      };
      pause_destination: {
        Args: { p_actor: string; p_actor_id: string; p_id: number; p_request_id: string; p_scope: string[] };
        Returns: Json;
      };
      payload_budget: { Args: Record<PropertyKey, never>; Returns: number };
      payload_bytes: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      payload_for_reader: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      payload_of: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      payload_or_null: { Args: { p_body: string }; Returns: Json };
      people_asked: {
        Args: { p_contact_hashes: string[]; p_customer_id: string; p_order_ids: Json };
        Returns: string[];
      };
      people_in: { Args: { p_shop: string; p_text: string }; Returns: string[] };
      people_of_event: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
          p_shop: string;
          p_text: string;
        };
        Returns: string[];
      };
      people_of_finding: { Args: { p_body: string; p_event_type: string; p_shop: string }; Returns: string[] };
      people_of_row: { Args: { p_row: Json; p_shop: string; p_table: string }; Returns: string[] };
      personal_columns: {
        Args: Record<PropertyKey, never>;
        Returns: {
          column_name: string;
          handling: string;
          table_name: string;
          why: string;
        }[];
      };
      pick_incident_events: {
        Args: { p_id: number; p_limit: number; p_max_age_days: number; p_per_organisation: number };
        Returns: Json;
      };
      predecessor_failed: {
        Args: {
          i: Omit<
            Database["public"]["Tables"]["replay_items"]["Row"],
            Database["public"]["Tables"]["replay_items"]["ComputedFields"]
          >;
          r: Omit<
            Database["public"]["Tables"]["replays"]["Row"],
            Database["public"]["Tables"]["replays"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      preview_changes: { Args: { p_changes: Json }; Returns: Json };
      preview_replay: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      privacy_request_json: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      probe_write: { Args: Record<PropertyKey, never>; Returns: undefined };
      projection_tables: { Args: Record<PropertyKey, never>; Returns: string[] };
      prove_incident_items: { Args: { p_id: number; p_positions: number[] }; Returns: Json };
      providers_in_use: {
        Args: Record<PropertyKey, never>;
        Returns: {
          provider: string;
        }[];
      };
      proving_attempt: {
        Args: {
          p_at: string;
          p_delivery_id: number;
          p_destination_id: number;
          p_event_type: string;
          p_from: string;
          p_kind: Database["public"]["Enums"]["destination_kind"];
          p_object_id: string;
          p_provider: string;
          p_status: Database["public"]["Enums"]["delivery_status"];
        };
        Returns: {
          finished_at: string;
          id: number;
        }[];
      };
      read_analytics: {
        Args: { p_bucket_seconds: number; p_from: string; p_scope: string[]; p_to: string };
        Returns: Json;
      };
      read_api_credentials: { Args: { p_provider: string; p_source_id: number }; Returns: Json };
      read_backlog: { Args: { p_scope: string[] }; Returns: Json };
      read_channel_failing: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_clock: { Args: Record<PropertyKey, never>; Returns: string };
      read_condition: { Args: Record<PropertyKey, never>; Returns: Json };
      read_configuration: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_counters: { Args: Record<PropertyKey, never>; Returns: Json };
      read_counts: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_credential_expiring: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_destination_names: { Args: { p_scope: string[] }; Returns: Json };
      read_disk_low: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_drop_signal: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_endpoint_disabled: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_endpoint_down: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_event_body: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      read_event_histogram: { Args: { p_filter: Json; p_scope: string[] }; Returns: Json };
      read_event_to_delivered: { Args: { p_from: string; p_scope: string[]; p_to: string }; Returns: Json };
      read_events_of_person: { Args: { p_ids: number[]; p_scope: string[] }; Returns: Json };
      read_evidence: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      read_evidence_bodies: { Args: { p_event_ids: number[]; p_id: number; p_scope: string[] }; Returns: Json };
      read_findings: { Args: { p_finding_ids: number[]; p_scope: string[] }; Returns: Json };
      read_forgettable: {
        Args: { p_class: Database["public"]["Enums"]["retention_class"]; p_ids: number[] };
        Returns: Json;
      };
      read_health: { Args: { p_destination_ids: number[] }; Returns: Json };
      read_horizon: {
        Args: {
          p_horizons: Json;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_incident_progress: { Args: { p_id: number; p_max_age_days: number }; Returns: Json };
      read_incident_runs: {
        Args: { p_id: number; p_step: Database["public"]["Enums"]["incident_step"] };
        Returns: Json;
      };
      read_incident_stage: { Args: { p_id: number }; Returns: Json };
      read_kpis: { Args: { p_from: string; p_scope: string[]; p_to: string }; Returns: Json };
      read_latency: { Args: { p_from: string; p_scope: string[]; p_to: string }; Returns: Json };
      read_metrics: { Args: { p_providers: string[] }; Returns: Json };
      read_missing: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_nav_counts: { Args: { p_scope: string[] }; Returns: Json };
      read_oldest_due: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_provider_metrics: { Args: { p_providers: string[] }; Returns: Json };
      read_repairs: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_repeated_failures: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_replay_progress: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      read_replay_volume: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_retention: { Args: { p_scope: string[] }; Returns: Json };
      read_retention_health: { Args: Record<PropertyKey, never>; Returns: Json };
      read_signal: {
        Args: {
          p_horizons: Json;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_signs_of_life: { Args: { p_providers: string[] }; Returns: Json };
      read_silence_signal: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_slow_endpoint: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_stuck_replay: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      read_trial: { Args: { p_id: number }; Returns: Json };
      read_waiting: { Args: Record<PropertyKey, never>; Returns: Json };
      read_waiting_metrics: { Args: Record<PropertyKey, never>; Returns: Json };
      read_waiting_within: { Args: { p_scope: string[] }; Returns: Json };
      read_waits: { Args: Record<PropertyKey, never>; Returns: Json };
      read_worker_gone: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      reason_to_skip: {
        Args: {
          d: Omit<
            Database["public"]["Tables"]["deliveries"]["Row"],
            Database["public"]["Tables"]["deliveries"]["ComputedFields"]
          >;
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
          p_lost: boolean;
          p_max_age_days: number;
          p_options: Json;
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: Database["public"]["Enums"]["skip_reason"];
      };
      received_at_of: { Args: { p_key: string; p_provider: string }; Returns: string };
      recipients_of: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["alerts"]["Row"],
            Database["public"]["Tables"]["alerts"]["ComputedFields"]
          >;
        };
        Returns: {
          channel_id: number;
          group_key: string;
          repeats: boolean;
          staff_id: string;
        }[];
      };
      record_attempts: { Args: { p_results: Json; p_wait?: boolean }; Returns: Json };
      record_download: {
        Args: { p_actor: string; p_actor_id: string; p_details: Json; p_request_id: string; p_subject: string };
        Returns: undefined;
      };
      record_page: {
        Args: { p_fence: number; p_lease_seconds: number; p_page: Json; p_window: number };
        Returns: boolean;
      };
      record_refused_sign_in: {
        Args: { p_address: string; p_email: string; p_reason: string; p_request_id: string };
        Returns: undefined;
      };
      record_rejections: { Args: { p_counts: Json; p_samples: Json }; Returns: Json };
      record_senders: { Args: { p_forged: Json; p_genuine: string[]; p_per_minute: number }; Returns: Json };
      record_signed_token: {
        Args: {
          p_expires_at: string;
          p_hint: string;
          p_name: string;
          p_organisations?: string[];
          p_role?: Database["public"]["Enums"]["staff_role"];
          p_scopes: string[];
          p_token_hash: string;
        };
        Returns: string;
      };
      record_staff_action: {
        Args: {
          p_action: string;
          p_actor: string;
          p_actor_id: string;
          p_details: Json;
          p_request_id: string;
          p_subject: string;
        };
        Returns: undefined;
      };
      recover_incident: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_recovery: Json;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      redact_events: { Args: { p_events: number[] }; Returns: Json };
      redact_new_event: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
        };
        Returns: {
          amount: number | null;
          amount_kind: Database["public"]["Enums"]["amount_kind"] | null;
          attempt_count: number;
          body_sha256: string;
          body_size: number;
          company_id: string | null;
          conflict_count: number;
          content_type: string | null;
          currency: string | null;
          customer_id: string | null;
          duplicate_count: number;
          event_key: string;
          event_type: string;
          fingerprint: string;
          flags: Database["public"]["Enums"]["event_flag"][];
          headers: NonNullable<Json>;
          id: number;
          last_error: string | null;
          last_error_class: Database["public"]["Enums"]["error_class"] | null;
          livemode: boolean | null;
          logical_key: string | null;
          method: string;
          object_id: string | null;
          object_type: string | null;
          occurred_at: string | null;
          organisation_id: string | null;
          origin: Database["public"]["Enums"]["event_origin"] | null;
          parse_status: Database["public"]["Enums"]["parse_status"];
          path: string;
          payload: Json | null;
          processed_at: string | null;
          provider: string;
          received_at: string;
          redacted_at: string | null;
          rendering: string | null;
          replaces_older: boolean;
          replay_count: number;
          request_id: string | null;
          source_id: number | null;
          status: Database["public"]["Enums"]["event_status"];
          suspected_replay: boolean;
          terms: unknown;
          traceparent: string | null;
          trust: Database["public"]["Enums"]["trust_level"];
          unsigned_key: boolean;
          variant_of: number | null;
        };
        SetofOptions: {
          from: "events";
          to: "events";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      redacted_body: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      redacted_changes: { Args: { p_changes: Json }; Returns: Json };
      redacted_event: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
        };
        Returns: {
          amount: number | null;
          amount_kind: Database["public"]["Enums"]["amount_kind"] | null;
          attempt_count: number;
          body_sha256: string;
          body_size: number;
          company_id: string | null;
          conflict_count: number;
          content_type: string | null;
          currency: string | null;
          customer_id: string | null;
          duplicate_count: number;
          event_key: string;
          event_type: string;
          fingerprint: string;
          flags: Database["public"]["Enums"]["event_flag"][];
          headers: NonNullable<Json>;
          id: number;
          last_error: string | null;
          last_error_class: Database["public"]["Enums"]["error_class"] | null;
          livemode: boolean | null;
          logical_key: string | null;
          method: string;
          object_id: string | null;
          object_type: string | null;
          occurred_at: string | null;
          organisation_id: string | null;
          origin: Database["public"]["Enums"]["event_origin"] | null;
          parse_status: Database["public"]["Enums"]["parse_status"];
          path: string;
          payload: Json | null;
          processed_at: string | null;
          provider: string;
          received_at: string;
          redacted_at: string | null;
          rendering: string | null;
          replaces_older: boolean;
          replay_count: number;
          request_id: string | null;
          source_id: number | null;
          status: Database["public"]["Enums"]["event_status"];
          suspected_replay: boolean;
          terms: unknown;
          traceparent: string | null;
          trust: Database["public"]["Enums"]["trust_level"];
          unsigned_key: boolean;
          variant_of: number | null;
        };
        SetofOptions: {
          from: "events";
          to: "events";
          isOneToOne: true;
          isSetofReturn: false;
        };
      };
      rejection_json: {
        Args: {
          p_scope: string[];
          r: Omit<
            Database["public"]["Tables"]["rejections"]["Row"],
            Database["public"]["Tables"]["rejections"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      release_deliveries: { Args: { p_destination_id: number }; Returns: number };
      release_incident: { Args: { p_due_ms: number; p_fence: number; p_id: number }; Returns: boolean };
      release_leases: { Args: { p_worker: string }; Returns: number };
      release_windows: { Args: { p_worker: string }; Returns: number };
      renew_incident: { Args: { p_fence: number; p_id: number; p_lease_seconds: number }; Returns: boolean };
      renew_lease: { Args: { p_delivery_id: number; p_fence: number; p_lease_seconds: number }; Returns: boolean };
      renew_window: { Args: { p_fence: number; p_lease_seconds: number; p_window: number }; Returns: boolean };
      reopen_events: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_event_ids: number[];
          p_reason: string;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: number;
      };
      reopen_incident: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_reason: string;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      replace_bodies: { Args: { p_from: number; p_to: number }; Returns: undefined };
      replay_backoff_factor: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["replays"]["Row"],
            Database["public"]["Tables"]["replays"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      replay_base_delay_ms: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["replays"]["Row"],
            Database["public"]["Tables"]["replays"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      replay_estimate: {
        Args: {
          x: Omit<
            Database["public"]["Tables"]["replays"]["Row"],
            Database["public"]["Tables"]["replays"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      replay_json: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["replays"]["Row"],
            Database["public"]["Tables"]["replays"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      replay_max_attempts: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["replays"]["Row"],
            Database["public"]["Tables"]["replays"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      replay_name: { Args: { p_replay_id: number; p_scope: string[] }; Returns: string };
      replay_outcome_of: {
        Args: {
          p_changes: Json;
          p_kind: Database["public"]["Enums"]["destination_kind"];
          p_status: Database["public"]["Enums"]["delivery_status"];
        };
        Returns: Database["public"]["Enums"]["replay_outcome"];
      };
      replayed_filter: { Args: { p_selection: Json }; Returns: Json };
      reroute_events: { Args: { p_all: boolean; p_events: number[] }; Returns: undefined };
      resolve_events: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_event_ids: number[];
          p_reason: string;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: number;
      };
      resolve_in_sql: { Args: { p_event_id: number; p_reason: string }; Returns: boolean };
      resolve_series: {
        Args: {
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      resume_destination: {
        Args: { p_actor: string; p_actor_id: string; p_id: number; p_request_id: string; p_scope: string[] };
        Returns: Json;
      };
      revoke_api_token: {
        Args: { p_actor: string; p_actor_id: string; p_id: number; p_request_id: string; p_scope: string[] };
        Returns: Json;
      };
      revoke_tokens: {
        Args: { p_actor: string; p_actor_id: string; p_ids: number[]; p_request_id: string };
        Returns: undefined;
      };
      roll_up_events: { Args: { p_events: number[] }; Returns: undefined };
      rotate_destination_secret: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_overlap_hours: number;
          p_request_id: string;
          p_scope: string[];
          p_secret: Json;
        };
        Returns: Json;
      };
      rotate_source: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_overlap_seconds: number;
          p_request_id: string;
          p_scope: string[];
          p_token_hash: string;
          p_token_hint: string;
        };
        Returns: Json;
      };
      row_to_write: {
        Args: { p_is_new: boolean; p_is_updated: boolean; p_key: Json; p_place: number; p_row: Json; p_written: Json };
        Returns: Json;
      };
      rows_written_by: { Args: { p_deliveries: number[] }; Returns: Json };
      run_expensive: { Args: { p_args: Json; p_function: string; p_who: string }; Returns: Json };
      run_in_brief: { Args: { p_provider: string; p_source_id: number; p_statuses: string[] }; Returns: Json };
      run_json: {
        Args: {
          p_scope: string[];
          r: Omit<
            Database["public"]["Tables"]["reconciliations"]["Row"],
            Database["public"]["Tables"]["reconciliations"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      runs_of_incident: { Args: { p_id: number }; Returns: Json };
      said_by: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      same_receiver: { Args: { p_one: string; p_other: string }; Returns: boolean };
      scope_condition: { Args: { p_column: string; p_scope: string[] }; Returns: string };
      search_everything: {
        Args: { p_limit: number; p_query: string; p_scope: string[]; p_words: string[] };
        Returns: Json;
      };
      see_notices: { Args: { p_actor_id: string; p_scope: string[]; p_until: number }; Returns: undefined };
      sees_incident: { Args: { p_id: number; p_scope: string[] }; Returns: boolean };
      select_deliveries: { Args: { p_events: number[]; p_selection: Json }; Returns: number[] };
      select_events: { Args: { p_limit: number; p_scope: string[]; p_selection: Json }; Returns: number[] };
      sent_message_of: {
        Args: {
          n: Omit<
            Database["public"]["Tables"]["notifications"]["Row"],
            Database["public"]["Tables"]["notifications"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      set_api_credentials: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_fields: Json;
          p_hints: Json;
          p_provider: string;
          p_request_id: string;
          p_scope: string[];
          p_source_id: number;
        };
        Returns: Json;
      };
      set_rule_channels: { Args: { p_channels: Json; p_id: number }; Returns: undefined };
      set_staff_link: { Args: { p_staff_id: string; p_token_hash: string }; Returns: string };
      set_staff_password: { Args: { p_email: string; p_password_hash: string }; Returns: boolean };
      set_watch: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_change: Json;
          p_provider: string;
          p_request_id: string;
          p_scope: string[];
          p_source_id: number;
        };
        Returns: Json;
      };
      setting: {
        Args: {
          p_name: string;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: number;
      };
      settle_deliveries: { Args: { p_deliveries: number[] }; Returns: undefined };
      settle_findings: { Args: Record<PropertyKey, never>; Returns: number };
      settle_incident_items: { Args: { p_fence: number; p_id: number }; Returns: number };
      settle_tokens: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_heir: string;
          p_owner: Omit<
            Database["public"]["Tables"]["staff_users"]["Row"],
            Database["public"]["Tables"]["staff_users"]["ComputedFields"]
          >;
          p_request_id: string;
          p_scope_roles: Json;
        };
        Returns: undefined;
      };
      shop_in_headers: { Args: { p_headers: Json }; Returns: string };
      shop_of: {
        Args: {
          e: Omit<
            Database["public"]["Tables"]["events"]["Row"],
            Database["public"]["Tables"]["events"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      shop_of_row: { Args: { p_row: Json }; Returns: string };
      shop_of_source: {
        Args: {
          s: Omit<
            Database["public"]["Tables"]["sources"]["Row"],
            Database["public"]["Tables"]["sources"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      shown_body_bytes: { Args: Record<PropertyKey, never>; Returns: number };
      shown_state: {
        Args: {
          f: Omit<
            Database["public"]["Tables"]["findings"]["Row"],
            Database["public"]["Tables"]["findings"]["ComputedFields"]
          >;
        };
        Returns: Database["public"]["Enums"]["finding_state"];
      };
      sign_out: { Args: { p_id_hash: string; p_request_id: string }; Returns: boolean };
      signal: {
        Args: {
          p_expected: number;
          p_is_bad: boolean;
          p_link: string;
          p_text: string;
          p_value: number;
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      signal_subject: {
        Args: { p_destination_id: number; p_kind: Database["public"]["Enums"]["alert_kind"] };
        Returns: string;
      };
      silence_answer: {
        Args: {
          p_due_at: string;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      silence_json: {
        Args: {
          p_scope: string[];
          x: Omit<
            Database["public"]["Tables"]["alert_silences"]["Row"],
            Database["public"]["Tables"]["alert_silences"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      silence_of: {
        Args: {
          r: Omit<
            Database["public"]["Tables"]["alert_rules"]["Row"],
            Database["public"]["Tables"]["alert_rules"]["ComputedFields"]
          >;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: Record<string, unknown>;
      };
      silence_threshold: { Args: { p_mean: number; p_variance: number }; Returns: number };
      single_replay_due: { Args: { p_destination_id: number }; Returns: number };
      skip_notifications: { Args: Record<PropertyKey, never>; Returns: undefined };
      snapshot_of: { Args: { p_text: string }; Returns: unknown };
      source_json: {
        Args: {
          p_scope: string[];
          s: Omit<
            Database["public"]["Tables"]["sources"]["Row"],
            Database["public"]["Tables"]["sources"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      source_subject: { Args: { p_provider: string; p_source_id: number }; Returns: string };
      split_window: { Args: { p_fence: number; p_window: number }; Returns: boolean };
      staff_member_json: {
        Args: {
          u: Omit<
            Database["public"]["Tables"]["staff_users"]["Row"],
            Database["public"]["Tables"]["staff_users"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      stages_of_incident: { Args: { p_id: number }; Returns: Json };
      start_incident_run: {
        Args: { p_fence: number; p_id: number; p_run: Json; p_step: Database["public"]["Enums"]["incident_step"] };
        Returns: Json;
      };
      start_replay: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_id: number;
          p_limits: Json;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      start_session: {
        Args: {
          p_address: string;
          p_id_hash: string;
          p_method?: string;
          p_previous_hash?: string;
          p_request_id: string;
          p_seconds: number;
          p_staff_id: string;
          p_user_agent: string;
          p_version: number;
        };
        Returns: string;
      };
      started_replay: { Args: { p_replay_id: number; p_scope: string[] }; Returns: string };
      state_of_change: { Args: { p_candidate: Json; p_change: Json }; Returns: Json };
      statistics_of: { Args: { p_scope: string[] }; Returns: string[] };
      status_condition: { Args: { p_list: Json }; Returns: string };
      stop_when_failing: {
        Args: {
          p_fed: number;
          p_in_progress: number;
          r: Omit<
            Database["public"]["Tables"]["replays"]["Row"],
            Database["public"]["Tables"]["replays"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      store_events: {
        Args: { p_deliver_suspected: boolean; p_events: Json; p_for?: number; p_suspected: number[] };
        Returns: Json;
      };
      store_variants: { Args: { p_events: Json; p_other: Json }; Returns: number[] };
      stored_in: { Args: { p_class: Database["public"]["Enums"]["retention_class"]; p_what: string }; Returns: number };
      subject_in_words: {
        Args: {
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      subscription_of_customer: { Args: { p_customer: string }; Returns: Json };
      subscription_rank: { Args: { p_status: string }; Returns: number };
      sum_latency:
        | {
            Args: { p_histograms: number[] };
            Returns: {
              error: true;
            } & "Could not choose the best candidate function between: public.sum_latency(p_histograms => _int4), public.sum_latency(p_histograms => _int8). Try renaming the parameters or the function itself in the database so function overloading can be resolved";
          }
        | {
            Args: { p_histograms: number[] };
            Returns: {
              error: true;
            } & "Could not choose the best candidate function between: public.sum_latency(p_histograms => _int4), public.sum_latency(p_histograms => _int8). Try renaming the parameters or the function itself in the database so function overloading can be resolved";
          };
      sum_outcomes: { Args: { p_counts: Json[] }; Returns: Json };
      summarise_api_requests: { Args: { p_ids: number[]; p_scope: string[] }; Returns: Json };
      summarise_replay: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      suppression_of: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["alerts"]["Row"],
            Database["public"]["Tables"]["alerts"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      suspected_replays: { Args: { p_events: Json }; Returns: number[] };
      tables_of_people: {
        Args: Record<PropertyKey, never>;
        Returns: {
          handling: string;
          shop_column: string;
          table_name: string;
        }[];
      };
      take_allowance: { Args: { p_source_id: number; p_wanted: number }; Returns: Json };
      take_api_turn: {
        Args: { p_account: string; p_burst: number; p_cost: number; p_interval_us: number };
        Returns: number;
      };
      take_retention_turn: { Args: { p_seconds: number; p_worker: string }; Returns: boolean };
      take_runs_to_back_fill: { Args: { p_lease_seconds: number }; Returns: Json };
      take_runs_to_resend: { Args: { p_lease_seconds: number; p_providers: string[] }; Returns: Json };
      take_silences_to_ask: { Args: { p_limit: number }; Returns: Json };
      take_turn: { Args: { p_who: string }; Returns: boolean };
      takes_deliveries: {
        Args: {
          t: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
        };
        Returns: boolean;
      };
      takes_mode: {
        Args: {
          p_destination: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
          p_livemode: boolean;
        };
        Returns: boolean;
      };
      text_array: { Args: { p_list: Json }; Returns: string[] };
      text_of_bytes: { Args: { p_bytes: string }; Returns: string };
      token_scope: {
        Args: {
          t: Omit<
            Database["public"]["Tables"]["api_tokens"]["Row"],
            Database["public"]["Tables"]["api_tokens"]["ComputedFields"]
          >;
        };
        Returns: string[];
      };
      told_alert: {
        Args: {
          a: Omit<
            Database["public"]["Tables"]["alerts"]["Row"],
            Database["public"]["Tables"]["alerts"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      try_destination_now: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_all: boolean;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      undelivered_since: {
        Args: {
          p_from: string;
          s: Omit<
            Database["public"]["Tables"]["alert_series"]["Row"],
            Database["public"]["Tables"]["alert_series"]["ComputedFields"]
          >;
        };
        Returns: string;
      };
      unfeed_items: { Args: { p_id: number }; Returns: undefined };
      unusual_hours: {
        Args: { p_from: string; p_organisation: string; p_until: string };
        Returns: {
          hour: string;
          provider: string;
        }[];
      };
      update_destination: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_changes: Json;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
          p_secret: Json;
          p_seen: string;
        };
        Returns: Json;
      };
      update_source: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_change: Json;
          p_id: number;
          p_request_id: string;
          p_scope: string[];
        };
        Returns: Json;
      };
      use_api_token: { Args: { p_token_hash: string }; Returns: Json };
      use_session: { Args: { p_id_hash: string }; Returns: Json };
      valid_scope: { Args: { p_scope: string[] }; Returns: boolean };
      verify_incident_items: {
        Args: { p_after: number; p_fence: number; p_id: number; p_limit: number; p_runs: number[] };
        Returns: number;
      };
      version_time: { Args: { p_version: string }; Returns: string };
      versions_json: { Args: { p_id: number; p_scope: string[]; p_variant_of: number }; Returns: Json };
      wait_of_account: { Args: { p_account: string; p_now: string }; Returns: number };
      wait_of_network: { Args: { p_kind: string; p_network: string; p_now: string }; Returns: number };
      wants_event: {
        Args: {
          p_destination: Omit<
            Database["public"]["Tables"]["destinations"]["Row"],
            Database["public"]["Tables"]["destinations"]["ComputedFields"]
          >;
          p_event_type: string;
          p_flags: Database["public"]["Enums"]["event_flag"][];
          p_livemode: boolean;
          p_organisation_id: string;
          p_provider: string;
        };
        Returns: boolean;
      };
      watch_json: {
        Args: {
          w: Omit<
            Database["public"]["Tables"]["watches"]["Row"],
            Database["public"]["Tables"]["watches"]["ComputedFields"]
          >;
        };
        Returns: Json;
      };
      webhooks_per_day: { Args: Record<PropertyKey, never>; Returns: number };
      why_not_changed: { Args: { p_id: number; p_scope: string[] }; Returns: Json };
      wilson_upper: { Args: { p_all: number; p_well: number }; Returns: number };
      winning_state: {
        Args: { p_history: Json; p_state: Json };
        Returns: {
          columns: Json;
          history: Json;
          undecided: Json;
          versions: Json;
        }[];
      };
      without_secrets: { Args: { p_fields: string[]; p_payload: Json }; Returns: Json };
      write_incident_log: {
        Args: {
          p_actor: string;
          p_actor_id: string;
          p_details: Json;
          p_id: number;
          p_kind: Database["public"]["Enums"]["incident_log_kind"];
          p_message: string;
          p_request_id: string;
        };
        Returns: undefined;
      };
      write_report: { Args: { p_content: Json; p_staff_id: string; p_week: number }; Returns: boolean };
      write_rows: { Args: { p_table: string; p_writes: Json[] }; Returns: undefined };
    };
    Enums: {
      alert_kind:
        | "success_rate"
        | "dead_letters"
        | "attempts"
        | "slow_endpoint"
        | "endpoint_down"
        | "endpoint_disabled"
        | "stalled"
        | "replay_volume"
        | "repeated_failures"
        | "stuck_replay"
        | "failures_doubled"
        | "rejections"
        | "silence"
        | "drop"
        | "missing"
        | "repairs"
        | "horizon"
        | "configuration"
        | "oldest_due"
        | "worker_gone"
        | "channel_failing"
        | "disk_low"
        | "credential_expiring";
      alert_state: "ok" | "pending" | "firing";
      amount_kind: "paid" | "due" | "refunded" | "disputed" | "authorised" | "open" | "failed" | "cancelled";
      attempt_status: "open" | "succeeded" | "failed" | "lease_expired";
      breaker_state: "closed" | "open" | "half_open";
      change_effect: "created" | "updated" | "unchanged" | "superseded";
      channel_kind: "email" | "slack" | "teams" | "pagerduty" | "webhook";
      coverage_kind: "events" | "objects" | "counts" | "own_ids";
      delivery_lane: "live" | "replay";
      delivery_ordering: "none" | "object" | "organisation" | "all";
      delivery_status: "pending" | "claimed" | "retrying" | "held" | "delivered" | "dead" | "cancelled";
      destination_kind: "tables" | "http";
      error_class:
        | "timeout"
        | "connection_refused"
        | "connection_reset"
        | "dns"
        | "tls"
        | "http_4xx"
        | "http_401"
        | "http_422"
        | "http_429"
        | "http_5xx"
        | "redirect"
        | "response_too_large"
        | "blocked_address"
        | "invalid_payload"
        | "constraint"
        | "handler_error"
        | "lease_expired"
        | "delivery_loop";
      event_flag: "repeated_keys" | "impossible_time" | "unknown_status" | "internal";
      event_origin: "webhook" | "published" | "sample" | "provider_api" | "reconstructed";
      event_status: "received" | "processing" | "processed" | "failed" | "dead" | "replayed" | "resolved" | "ignored";
      finding_kind: "missing" | "rejected" | "undelivered" | "drifted" | "not_subscribed" | "unrecoverable";
      finding_state: "open" | "back_filling" | "repaired" | "late";
      incident_cause: "missing" | "rejected" | "failed" | "waiting" | "stale" | "drifted" | "delivered";
      incident_item_state: "affected" | "recovered" | "verified" | "still_missing" | "unrecoverable";
      incident_log_kind:
        | "opened"
        | "grown"
        | "changed"
        | "note"
        | "step"
        | "replay"
        | "reconciliation"
        | "verified"
        | "accepted"
        | "requested"
        | "approved"
        | "declined"
        | "evidence"
        | "closed"
        | "reopened";
      incident_opener: "person" | "alert" | "run";
      incident_request_action: "grow" | "recover" | "accept" | "close";
      incident_severity: "P0" | "P1" | "P2" | "P3" | "P4";
      incident_state: "open" | "recovering" | "verifying" | "closed" | "closed_with_exceptions" | "reopened";
      incident_step:
        | "find_missing"
        | "find_failed"
        | "find_stale"
        | "preview"
        | "canary"
        | "run"
        | "verify"
        | "evidence";
      incident_step_status: "pending" | "running" | "waiting" | "done" | "failed";
      livemode_choice: "live" | "test" | "any";
      notification_kind: "fired" | "repeated" | "resolved" | "replay" | "report" | "test" | "acknowledged";
      notification_status: "pending" | "sent" | "failed" | "skipped";
      parse_status:
        | "ok"
        | "empty"
        | "not_json"
        | "invalid_json"
        | "invalid_utf8"
        | "too_large"
        | "too_deep"
        | "nul_character"
        | "lone_surrogate"
        | "giant_number";
      reconciliation_status: "queued" | "running" | "completed" | "partial" | "failed" | "cancelled";
      reconciliation_trigger: "person" | "schedule" | "downtime" | "alert" | "incident";
      rejection_reason:
        | "unsigned"
        | "bad_signature"
        | "stale"
        | "malformed"
        | "too_large"
        | "not_configured"
        | "wrong_address"
        | "rate_limited"
        | "over_ceiling";
      replay_kind: "single" | "keys" | "query" | "criteria" | "failures" | "back_fill" | "incident";
      replay_outcome: "changed" | "already_correct" | "superseded" | "delivered" | "failed" | "skipped";
      replay_status: "draft" | "queued" | "running" | "paused" | "completed" | "stopped" | "cancelled";
      retention_class: "bodies" | "readable" | "answers" | "events" | "audit";
      skip_reason:
        | "already_applied"
        | "superseded"
        | "too_old"
        | "destination_paused"
        | "destination_disabled"
        | "in_flight"
        | "predecessor_failed"
        | "stopped"
        | "cancelled"
        | "test_mode"
        | "body_forgotten";
      staff_role: "viewer" | "support" | "admin";
      trust_level: "signed" | "token" | "unsigned" | "provider_api";
      window_status: "pending" | "done" | "split" | "failed";
    };
    CompositeTypes: {
      [_ in never]: never;
    };
  };
};

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">;

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">];

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R;
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R;
      }
      ? R
      : never
    : never;

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"] | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I;
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I;
      }
      ? I
      : never
    : never;

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"] | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never,
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U;
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U;
      }
      ? U
      : never
    : never;

export type Enums<
  DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"] | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never,
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never;

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals;
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never,
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never;

export const Constants = {
  public: {
    Enums: {
      alert_kind: [
        "success_rate",
        "dead_letters",
        "attempts",
        "slow_endpoint",
        "endpoint_down",
        "endpoint_disabled",
        "stalled",
        "replay_volume",
        "repeated_failures",
        "stuck_replay",
        "failures_doubled",
        "rejections",
        "silence",
        "drop",
        "missing",
        "repairs",
        "horizon",
        "configuration",
        "oldest_due",
        "worker_gone",
        "channel_failing",
        "disk_low",
        "credential_expiring",
      ],
      alert_state: ["ok", "pending", "firing"],
      amount_kind: ["paid", "due", "refunded", "disputed", "authorised", "open", "failed", "cancelled"],
      attempt_status: ["open", "succeeded", "failed", "lease_expired"],
      breaker_state: ["closed", "open", "half_open"],
      change_effect: ["created", "updated", "unchanged", "superseded"],
      channel_kind: ["email", "slack", "teams", "pagerduty", "webhook"],
      coverage_kind: ["events", "objects", "counts", "own_ids"],
      delivery_lane: ["live", "replay"],
      delivery_ordering: ["none", "object", "organisation", "all"],
      delivery_status: ["pending", "claimed", "retrying", "held", "delivered", "dead", "cancelled"],
      destination_kind: ["tables", "http"],
      error_class: [
        "timeout",
        "connection_refused",
        "connection_reset",
        "dns",
        "tls",
        "http_4xx",
        "http_401",
        "http_422",
        "http_429",
        "http_5xx",
        "redirect",
        "response_too_large",
        "blocked_address",
        "invalid_payload",
        "constraint",
        "handler_error",
        "lease_expired",
        "delivery_loop",
      ],
      event_flag: ["repeated_keys", "impossible_time", "unknown_status", "internal"],
      event_origin: ["webhook", "published", "sample", "provider_api", "reconstructed"],
      event_status: ["received", "processing", "processed", "failed", "dead", "replayed", "resolved", "ignored"],
      finding_kind: ["missing", "rejected", "undelivered", "drifted", "not_subscribed", "unrecoverable"],
      finding_state: ["open", "back_filling", "repaired", "late"],
      incident_cause: ["missing", "rejected", "failed", "waiting", "stale", "drifted", "delivered"],
      incident_item_state: ["affected", "recovered", "verified", "still_missing", "unrecoverable"],
      incident_log_kind: [
        "opened",
        "grown",
        "changed",
        "note",
        "step",
        "replay",
        "reconciliation",
        "verified",
        "accepted",
        "requested",
        "approved",
        "declined",
        "evidence",
        "closed",
        "reopened",
      ],
      incident_opener: ["person", "alert", "run"],
      incident_request_action: ["grow", "recover", "accept", "close"],
      incident_severity: ["P0", "P1", "P2", "P3", "P4"],
      incident_state: ["open", "recovering", "verifying", "closed", "closed_with_exceptions", "reopened"],
      incident_step: ["find_missing", "find_failed", "find_stale", "preview", "canary", "run", "verify", "evidence"],
      incident_step_status: ["pending", "running", "waiting", "done", "failed"],
      livemode_choice: ["live", "test", "any"],
      notification_kind: ["fired", "repeated", "resolved", "replay", "report", "test", "acknowledged"],
      notification_status: ["pending", "sent", "failed", "skipped"],
      parse_status: [
        "ok",
        "empty",
        "not_json",
        "invalid_json",
        "invalid_utf8",
        "too_large",
        "too_deep",
        "nul_character",
        "lone_surrogate",
        "giant_number",
      ],
      reconciliation_status: ["queued", "running", "completed", "partial", "failed", "cancelled"],
      reconciliation_trigger: ["person", "schedule", "downtime", "alert", "incident"],
      rejection_reason: [
        "unsigned",
        "bad_signature",
        "stale",
        "malformed",
        "too_large",
        "not_configured",
        "wrong_address",
        "rate_limited",
        "over_ceiling",
      ],
      replay_kind: ["single", "keys", "query", "criteria", "failures", "back_fill", "incident"],
      replay_outcome: ["changed", "already_correct", "superseded", "delivered", "failed", "skipped"],
      replay_status: ["draft", "queued", "running", "paused", "completed", "stopped", "cancelled"],
      retention_class: ["bodies", "readable", "answers", "events", "audit"],
      skip_reason: [
        "already_applied",
        "superseded",
        "too_old",
        "destination_paused",
        "destination_disabled",
        "in_flight",
        "predecessor_failed",
        "stopped",
        "cancelled",
        "test_mode",
        "body_forgotten",
      ],
      staff_role: ["viewer", "support", "admin"],
      trust_level: ["signed", "token", "unsigned", "provider_api"],
      window_status: ["pending", "done", "split", "failed"],
    },
  },
} as const;
