"use client";

import { QueryClientProvider } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { ThemeProvider } from "next-themes";
import { type ReactNode, useState } from "react";
import { DrawnAt } from "@/lib/client/clock";
import { makeQueryClient } from "@/lib/client/query-client";
import { useToasterWanted } from "@/lib/client/toaster";
import { TOOLTIP_DELAY_MS, TooltipProvider } from "../ui/tooltip";

const Toaster = dynamic(() => import("../ui/toaster").then((module) => module.Toaster), { ssr: false });

/** What every page needs around it: theme, query cache, tooltips, toasts. */
export function ConsoleProviders({
  drawnAt,
  nonce,
  children,
}: {
  drawnAt: number;
  nonce?: string;
  children: ReactNode;
}) {
  const [client] = useState(makeQueryClient);
  const toasterWanted = useToasterWanted();
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange nonce={nonce}>
      <QueryClientProvider client={client}>
        <DrawnAt value={drawnAt}>
          <TooltipProvider delayDuration={TOOLTIP_DELAY_MS} skipDelayDuration={150}>
            {children}
            {toasterWanted && <Toaster />}
          </TooltipProvider>
        </DrawnAt>
      </QueryClientProvider>
    </ThemeProvider>
  );
}
