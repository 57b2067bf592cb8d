/** The Content Security Policy of pages. Everything else gets the closed one of next.config.js. */

/**
 * Scripts run by the nonce of their answer alone. Styles stay open ('unsafe-inline'): charts and sheets are drawn with style
 * attributes, and sonner and the scroll lock of Radix write style elements whose content is made in the browser.
 */
export function pagePolicy(nonce: string): string {
  const development = process.env.NODE_ENV === "development";
  return [
    "default-src 'self'",
    // React's development build evaluates text to show stacks of the server.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${development ? " ws:" : ""}`,
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    // Chrome applies it to where a form's answer redirects to, too: single sign-on begins with such a redirect.
    `form-action ${["'self'", ...issuer()].join(" ")}`,
    "frame-ancestors 'none'",
  ].join("; ");
}

function issuer(): string[] {
  const { OIDC_ISSUER } = process.env;
  return OIDC_ISSUER && URL.canParse(OIDC_ISSUER) ? [new URL(OIDC_ISSUER).origin] : [];
}
