/** What SQL takes and answers about silence: habits of arrivals, and series that the provider is asked about. */

/** A silent series that no one has been told of yet. */
export interface SilenceToAsk {
  series_id: number;
  provider: string;
  /** Null is all types. */
  event_type: string | null;
  /** Whose key may be asked with, best first; null is the default source. Null: there is none. */
  source_ids: (number | null)[] | null;
  /** Its last event, a day ago at most. */
  from_ts: string;
}

export interface SilenceAnswers {
  learn_arrivals: number;
  take_silences_to_ask: SilenceToAsk[];
  note_silences_asked: number;
  open_silence_incidents: number;
}

export interface SilenceArguments {
  note_silences_asked: { p_run: number | null };
}
