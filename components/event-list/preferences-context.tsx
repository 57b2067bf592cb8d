"use client";

import { createContext, type ReactNode, useContext, useState } from "react";
import { PREFERENCES_COOKIE, parsePreferences, printPreferences, type TablePreferences } from "./table-preferences";

const YEAR_SECONDS = 31_536_000;

const Look = createContext<TablePreferences>(parsePreferences(undefined));
const Change = createContext<(look: TablePreferences) => void>(() => {});

export const useTablePreferences = () => useContext(Look);
export const useChangePreferences = () => useContext(Change);

/** The list's display preferences, for the list and the menu that changes them. Read from and kept in the cookie. */
export function PreferencesProvider({ cookie, children }: { cookie: string | undefined; children: ReactNode }) {
  const [look, setLook] = useState(() => parsePreferences(cookie));
  function change(next: TablePreferences) {
    setLook(next);
    // biome-ignore lint/suspicious/noDocumentCookie: Safari and older Firefox have no cookieStore
    document.cookie = `${PREFERENCES_COOKIE}=${printPreferences(next)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  }
  return (
    <Look value={look}>
      <Change value={change}>{children}</Change>
    </Look>
  );
}
