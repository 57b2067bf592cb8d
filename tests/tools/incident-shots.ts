/** What floats above the pages of incidents: by the name of the picture, the page and the buttons to click on it. */
type Shots = Record<string, readonly [page: string, ...clicks: string[]]>;

export const INCIDENT_SHOTS: Shots = {
  "incident-new": ["dead-letters", "incident-of-group"],
  "incident-new-filter": ["events-filtered", "incident-of-filter"],
  "incident-new-run": ["run", "incident-of-run"],
  "incident-new-destination": ["destination", "destination-more", "Open an incident…"],
  "incident-find": ["incident-open", "incident-find"],
  "incident-start": ["incident-preview", "incident-start"],
  "incident-decide": ["incident-preview", "request-approve"],
  "incident-decline": ["incident-preview", "request-decline"],
  "incident-accept": ["incident-lost", "incident-accept"],
  "incident-evidence": ["incident-closed", "incident-evidence"],
  "incident-edit": ["incident-open", "incident-more", "Change title, severity, owner…"],
  "incident-close": ["incident-open", "incident-more", "Close…"],
  "incident-reopen": ["incident-closed", "incident-more", "Reopen…"],
};

/** As a support agent sees them, who asks for what an administrator does. */
export const SUPPORT_SHOTS: Shots = {
  "support-preview": ["incident-preview"],
  "support-stopped": ["incident-stopped"],
  "support-ask": ["incident-stopped", "ask-recover-options"],
  "support-accept": ["incident-lost", "incident-accept"],
  "support-close": ["incident-open", "incident-more", "Ask to close…"],
};
