/** Why single sign-on refused a person: for the sign-in page, the audit log and the log. */

const UNTRUSTED =
  "The answer of your identity provider could not be trusted, so you were not signed in. Try again; if it happens again, ask an administrator.";
const VERIFIED = "Redrive needs the claim email_verified with the value true, in the ID token or from UserInfo.";
const START_AGAIN = "This sign-in was started in another browser, was used already, or is too old. Start again here.";

/** `said`: shown to the person, who may be anyone. `audited`: after "was refused a sign-in as …". */
export const SINGLE_SIGN_ON_REFUSALS = {
  cancelled: {
    said: "The sign-in was cancelled at your identity provider, or it does not let you use Redrive.",
    audited: "cancelled or refused at the identity provider",
  },
  provider_error: {
    said: "Your identity provider answered with an error. Try again; if it happens again, ask an administrator.",
    audited: "the identity provider answered with an error",
  },
  provider_down: {
    said: "Your identity provider does not respond. Try again in a moment.",
    audited: "the identity provider did not answer",
  },
  misconfigured: {
    said: "Single sign-on is not set up correctly. An administrator finds the reason in the server's log.",
    audited: "single sign-on is not set up correctly",
  },
  busy: {
    said: "Too many sign-ins are in progress. Try again in a few seconds.",
    audited: "too many sign-ins at once",
  },
  started_elsewhere: { said: START_AGAIN, audited: "started in another browser, used already or too old" },
  code_refused: { said: START_AGAIN, audited: "the identity provider refused the code: used already or too old" },
  wrong_issuer: { said: UNTRUSTED, audited: "the answer is from another issuer" },
  wrong_audience: { said: UNTRUSTED, audited: "the ID token is for another application" },
  wrong_nonce: { said: UNTRUSTED, audited: "the ID token belongs to another sign-in" },
  wrong_algorithm: { said: UNTRUSTED, audited: "the ID token is not signed with an algorithm that is allowed" },
  bad_signature: { said: UNTRUSTED, audited: "the signature of the ID token is wrong" },
  wrong_time: {
    said: "The identity provider's answer has expired, or its clock and Redrive's differ by more than a minute. Try again; if it happens again, ask an administrator.",
    audited: "the ID token has expired or comes from the future",
  },
  bad_token: { said: UNTRUSTED, audited: "the identity provider's answer is not valid" },
  email_missing: {
    said: "Your identity provider sent no e-mail address. Redrive needs the claims email and email_verified, in the ID token or from UserInfo. Ask who runs your identity provider.",
    audited: "the identity provider sent no e-mail address",
  },
  email_verified_missing: {
    said: `Your identity provider does not say whether your e-mail address is verified. ${VERIFIED} Ask who runs your identity provider.`,
    audited: "the identity provider does not say whether the e-mail address is verified",
  },
  email_verified_not_boolean: {
    said: `Your identity provider sent email_verified in a wrong form. ${VERIFIED} It must be the JSON value, not text. Ask who runs your identity provider.`,
    audited: "the identity provider sent email_verified in a form other than true or false",
  },
  email_unverified: {
    said: "Your identity provider says that your e-mail address is not verified. Verify it there, then try again.",
    audited: "the e-mail address is not verified",
  },
  not_invited: {
    said: "Your e-mail address has no invitation to Redrive. Ask an administrator to invite you.",
    audited: "not invited",
  },
  disabled: {
    said: "Your account in Redrive is disabled. Ask an administrator.",
    audited: "the account is disabled",
  },
  account_changed: {
    said: "Your account was changed while you signed in. Try again.",
    audited: "the account was changed at the same moment",
  },
} as const;

export type SingleSignOnRefusal = keyof typeof SINGLE_SIGN_ON_REFUSALS;

const PREFIX = "SingleSignOn.";

/** As `?error=` of the sign-in page. */
export function refusalCode(reason: SingleSignOnRefusal): string {
  return `${PREFIX}${reason}`;
}

/** The sentence of the sign-in page for a code, undefined for an unknown code. */
export function refusalSentence(code: string): string | undefined {
  const reason = code.startsWith(PREFIX) ? code.slice(PREFIX.length) : "";
  return Object.hasOwn(SINGLE_SIGN_ON_REFUSALS, reason)
    ? SINGLE_SIGN_ON_REFUSALS[reason as SingleSignOnRefusal].said
    : undefined;
}

/** The configuration as administrators see it. It contains no secret. */
export interface SingleSignOnSettings {
  issuer?: string;
  clientId?: string;
  /** By name: whether the variable is set. */
  variables: Record<string, boolean>;
  /** Why it is off, in a sentence; null when it is on. */
  off: string | null;
  /** The URL to register at the provider; begins with `/` when Redrive does not know its own origin. */
  callbackUrl: string;
}
