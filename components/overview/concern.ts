/** Something that needs action: what is wrong, details, and the page to open. */
export interface Concern {
  key: string;
  tone: "red" | "amber";
  sentence: string;
  detail?: string;
  at?: string;
  link?: { label: string; href: string };
  /** The alert that says it, which can be acknowledged here. */
  alert?: string;
}
