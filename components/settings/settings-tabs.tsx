import { PageTabs } from "../page-tabs";

const PAGES = [
  { href: "/settings/people", name: "People" },
  { href: "/settings/tokens", name: "API tokens" },
  { href: "/settings/retention", name: "Retention" },
  { href: "/settings/audit", name: "Audit log" },
];

export function SettingsTabs() {
  return <PageTabs name="Settings" pages={PAGES} />;
}
