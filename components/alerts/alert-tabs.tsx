import { PageTabs } from "../page-tabs";

const PAGES = [
  { href: "/alerts", name: "Alerts" },
  { href: "/alerts/rules", name: "Rules" },
  { href: "/alerts/channels", name: "Channels" },
];

export function AlertTabs() {
  return <PageTabs name="Alerts" pages={PAGES} />;
}
