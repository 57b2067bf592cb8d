import dynamic from "next/dynamic";

/** The replay sheet, loaded on open: most people who read a list replay nothing. */
export const ReplaySheet = dynamic(() => import("./replay-sheet").then((module) => module.ReplaySheet), { ssr: false });
