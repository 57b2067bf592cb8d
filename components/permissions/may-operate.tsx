"use client";

import { createContext, useContext } from "react";

/** Whether this person may pause, test and try destinations. Pages use it for explanations; the API decides. */
export const MayOperate = createContext(false);

export function useMayOperate(): boolean {
  return useContext(MayOperate);
}
