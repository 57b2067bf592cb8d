import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { ConsoleProviders } from "@/components/frame/providers";
import { NONCE_HEADER } from "@/lib/front/headers";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Redrive", template: "%s · Redrive" },
  description: "The webhook recovery desk.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#0f1213" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Reading it makes every page rendered per request: a nonce must not be used twice.
  const nonce = (await headers()).get(NONCE_HEADER) ?? undefined;
  return (
    // next-themes sets the class before the first paint, so the server's markup differs by that one attribute.
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body className="font-sans antialiased">
        <ConsoleProviders drawnAt={Date.now()} nonce={nonce}>
          {children}
        </ConsoleProviders>
      </body>
    </html>
  );
}
