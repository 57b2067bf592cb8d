/** The largest body by kind, in bytes. Webhooks have the limit of their provider: `maxBodyBytes`. */

/** For authenticated callers. */
export const API_BODY_BYTES = 1024 * 1024;
/** For all others: a sign-in, an invitation. */
export const SIGNED_OUT_BODY_BYTES = 16 * 1024;

const SIGNED_OUT = /^\/api\/(?:auth|invitations)(?:\/|$)/;

/** The most that any route at a path could take, decided before the body is read. */
export function mostBodyBytes(path: string): number {
  return SIGNED_OUT.test(path) ? SIGNED_OUT_BODY_BYTES : API_BODY_BYTES;
}

export function tooLarge(capBytes: number) {
  return {
    status: 413,
    title: "The body is too large.",
    detail: `The limit here is ${capBytes} bytes.`,
    field: "body",
    headers: { connection: "close" },
  };
}
