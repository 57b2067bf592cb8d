"use client";

import { CircleCheck, OctagonX, TriangleAlert } from "lucide-react";
import { useTheme } from "next-themes";
import { Toaster as Sonner } from "sonner";

const icons = {
  success: <CircleCheck className="size-4 text-green" />,
  error: <OctagonX className="size-4 text-red" />,
  warning: <TriangleAlert className="size-4 text-amber" />,
};

export function Toaster() {
  const { resolvedTheme } = useTheme();
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
