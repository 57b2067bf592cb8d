"use client";

import { CircleCheck, OctagonX, TriangleAlert } from "lucide-react";
import { useTheme } from "next-themes";
import { useEffect } from "react";
import { Toaster as Sonner } from "sonner";
import { toasterMounted } from "@/lib/client/toaster";

const icons = {
  success: <CircleCheck className="size-4 text-green" />,
  error: <OctagonX className="size-4 text-red" />,
  warning: <TriangleAlert className="size-4 text-amber" />,
};

export function Toaster() {
  const { resolvedTheme } = useTheme();
  // After the effects of the components below, which listen by then.
  useEffect(toasterMounted, []);
  return (
    <Sonner
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      position="bottom-right"
      icons={icons}
      toastOptions={{
        duration: 8000,
        style: {
          background: "var(--raised)",
          color: "var(--ink)",
          borderColor: "var(--line)",
          borderRadius: 6,
          boxShadow: "var(--float)",
          fontFamily: "var(--font-geist-sans), sans-serif",
          fontSize: "0.8125rem",
        },
      }}
    />
  );
}
