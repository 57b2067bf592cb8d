import dynamic from "next/dynamic";

/** The replay sheet, loaded when somebody opens it: most who read a list replay nothing. */
export const ReplaySheet = dynamic(() => import("./replay-sheet").then((module) => module.ReplaySheet), { ssr: false });
