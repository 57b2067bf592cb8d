import dynamic from "next/dynamic";

/** Loaded when it is opened: most people who read a list open no incident. */
export const OpenIncidentDialog = dynamic(
  () => import("./open-incident-dialog").then((module) => module.OpenIncidentDialog),
  { ssr: false },
);
