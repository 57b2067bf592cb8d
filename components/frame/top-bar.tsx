import { Breadcrumb } from "./breadcrumb";
import { LiveDot } from "./live-dot";
import { type Person, PersonMenu } from "./person-menu";
import { PhoneMenu } from "./phone-menu";
import { SearchButton } from "./search-button";
import { ThemeMenu } from "./theme-menu";

/** The bar above every page: breadcrumb, live status, search, person. */
export function TopBar({ person }: { person: Person }) {
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-page px-4 md:px-6">
      <PhoneMenu mayManage={person.mayManage} />
      <Breadcrumb />
      <div className="ml-auto flex items-center gap-1">
        <LiveDot />
        <SearchButton />
        <ThemeMenu />
        <PersonMenu person={person} />
      </div>
    </header>
  );
}
