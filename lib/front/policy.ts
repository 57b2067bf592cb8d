/** The Content Security Policy of pages. All other answers have the stricter one of next.config.js. */

/**
 * Scripts run only with the nonce of their answer. Styles are allowed ('unsafe-inline'): charts and sheets use style
 * attributes, and sonner and the scroll lock of Radix write style elements whose content is made in the browser.
 */
export function pagePolicy(nonce: string): string {
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    // React's development build evaluates text to show stack traces of the server.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    // Chrome also applies it to redirects after a form: single sign-on begins with such a redirect.
    `form-action ${["'self'", ...issuer()].join(" ")}`,
    "frame-ancestors 'none'",
  ].join("; ");
}

function issuer(): string[] {
  const { OIDC_ISSUER } = process.env;
  return OIDC_ISSUER && URL.canParse(OIDC_ISSUER) ? [new URL(OIDC_ISSUER).origin] : [];
}
