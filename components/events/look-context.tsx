"use client";

import { createContext, type ReactNode, useContext, useState } from "react";
import { type ListLook, LOOK_COOKIE, parseLook, printLook } from "./list-look";

const YEAR_SECONDS = 31_536_000;

const Look = createContext<ListLook>(parseLook(undefined));
const Change = createContext<(look: ListLook) => void>(() => {});

export const useListLook = () => useContext(Look);
export const useChangeLook = () => useContext(Change);

/** How the list looks, for the list and the menu that changes it. Starts as the cookie says, and keeps it there. */
export function LookProvider({ cookie, children }: { cookie: string | undefined; children: ReactNode }) {
  const [look, setLook] = useState(() => parseLook(cookie));
  function change(next: ListLook) {
    setLook(next);
    // biome-ignore lint/suspicious/noDocumentCookie: Safari and older Firefox have no cookieStore
    document.cookie = `${LOOK_COOKIE}=${printLook(next)}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
  }
  return (
    <Look value={look}>
      <Change value={change}>{children}</Change>
    </Look>
  );
}
