/**
 * The way out for mail: the operator's own SMTP server (SMTP_URL), which may be in a private network. One connection per
 * mail, one deadline. Nothing in a mail is read from a file or a URL.
 */
import { createTransport } from "nodemailer";
import { environment } from "@/lib/env";

const CONNECT_MS = 10_000;
const SILENT_MS = 20_000;
/** For all of it. */
const DEADLINE_MS = 45_000;
const LONGEST_ANSWER = 200;

export interface Mail {
  to: readonly string[];
  subject: string;
  text: string;
  html: string;
  /** The same on every try, so that a mail client shows a mail once: `no_12` becomes `<no_12@…>`. */
  id: string;
  /** Mails with the same are a conversation. */
  thread?: string | undefined;
}

export type MailResult =
  | { status: "sent"; answer: string; refused: string[] }
  | { status: "retry" | "failed"; answer: string };

/** Why no mail can be sent; null when it can. */
export function mailProblem(): string | null {
  const { SMTP_URL, MAIL_FROM } = environment();
  if (!SMTP_URL) return "No mail server is configured: set SMTP_URL and MAIL_FROM.";
  return MAIL_FROM ? null : "Mail has no sender: set MAIL_FROM.";
}

/** Hands a mail to the server. A refusal of the server is a value. Throws without a server (`mailProblem`). */
export async function sendMail({ id, thread, ...mail }: Mail): Promise<MailResult> {
  const { SMTP_URL, MAIL_FROM } = environment();
  if (!SMTP_URL || !MAIL_FROM) throw new Error(mailProblem() ?? "");
  const domain = /@([^\s<>@]+?)>?$/.exec(MAIL_FROM)?.[1];
  const transport = createTransport({
    url: SMTP_URL,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    dnsTimeout: CONNECT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  // Closing ends what is under way with an error.
  const deadline = setTimeout(() => transport.close(), DEADLINE_MS);
  try {
    const sent = await transport.sendMail({
      ...mail,
      to: [...mail.to],
      from: MAIL_FROM,
      messageId: `<${id}@${domain}>`,
      ...(thread !== undefined && { references: `<${thread}@${domain}>` }),
      // RFC 3834: no absence notes, please.
      headers: { "Auto-Submitted": "auto-generated" },
    });
    return { status: "sent", answer: tidy(sent.response), refused: sent.rejected.map(String) };
  } catch (error) {
    return failureOf(error as SmtpError, new URL(SMTP_URL).host);
  } finally {
    clearTimeout(deadline);
    transport.close();
  }
}

interface SmtpError extends Error {
  code?: string;
  responseCode?: number;
  response?: string;
}

/** RFC 5321, 4.2.1: a 4yz reply may succeed later, a 5yz will not. Nodemailer's own codes are of the connection. */
function failureOf({ code = "", message, responseCode, response }: SmtpError, host: string): MailResult {
  // The answer to a wrong password may have the user name in it.
  if (code === "EAUTH") return { status: "failed", answer: `The mail server ${host} refused the user or password.` };
  if (responseCode !== undefined && response) {
    const answer = `The mail server ${host} answered: ${tidy(response)}`;
    return { status: responseCode >= 500 ? "failed" : "retry", answer };
  }
  if (/certificate/i.test(message)) {
    return { status: "retry", answer: `The mail server ${host} has a certificate that is not trusted.` };
  }
  const what: Record<string, string> = {
    ETIMEDOUT: "did not answer in time",
    EDNS: "could not be found",
    ETLS: "ended the TLS handshake",
    ECONNECTION: "broke the connection",
  };
  return {
    status: "retry",
    answer: `The mail server ${host} ${what[code] ?? `cannot be reached (${code || "error"})`}.`,
  };
}

function tidy(answer: string): string {
  return answer
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, LONGEST_ANSWER);
}
