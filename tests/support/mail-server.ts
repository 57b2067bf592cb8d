/** A local SMTP server that keeps what it is given, and refuses as a test wants. */
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Headers and body as they came, with quoted-printable undone. */
  text: string;
}

export interface MailServer {
  /** For SMTP_URL, with the right user and password. */
  url: string;
  host: string;
  mails: ReceivedMail[];
  /** The reply to an address: an error with its code, or undefined to take it. */
  refuse: (address: string) => { code: number; text: string } | undefined;
  close(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const mail: MailServer = { url: "", host: "", mails: [], refuse: () => undefined, close };
  const server = new SMTPServer({
    authOptional: false,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      if (username === "redrive" && password === "pass word") done(null, { user: username });
      else done(Object.assign(new Error("Authentication failed for redrive"), { responseCode: 535 }));
    },
    onRcptTo({ address }, _session, done) {
      const refusal = mail.refuse(address);
      if (refusal) done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
      else done();
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mail.mails.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          text: readable(Buffer.concat(chunks).toString("latin1")),
        });
        done(null, `2.0.0 Ok: queued as ${mail.mails.length}`);
      });
    },
  });
  // A client that gives up breaks its connection.
  server.on("error", () => {});
  async function close() {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  mail.host = `127.0.0.1:${port}`;
  mail.url = `smtp://redrive:pass%20word@${mail.host}`;
  return mail;
}

/** RFC 2045, 6.7, and folded headers. */
function readable(raw: string): string {
  const bytes = raw
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, "latin1")
    .toString("utf8")
    .replace(/\r\n[ \t]+/g, " ");
}
