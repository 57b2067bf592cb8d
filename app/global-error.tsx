"use client";

import { Failure } from "@/components/frame/failure";
import "./globals.css";

/** When even the layout fails: no theme, no session, only the reference and a way back. */
export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <Failure error={error} retry={retry} />
      </body>
    </html>
  );
}
