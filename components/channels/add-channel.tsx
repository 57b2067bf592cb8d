import { ChevronDown, Plus } from "lucide-react";
import { CHANNEL_KIND, CHANNEL_KINDS, type ChannelKind } from "@/lib/contract/channel-words";
import { PermissionGuard } from "../permissions/permission-guard";
import { Button } from "../ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "../ui/menu";
import { KIND_ICON } from "./channel-state";

/** The button that adds a channel: its menu has the kinds. */
export function AddChannel({ forbidden, onAdd }: { forbidden: string | null; onAdd: (kind: ChannelKind) => void }) {
  const button = (
    <Button variant="primary" data-testid="add-channel">
      <Plus /> Add channel <ChevronDown />
    </Button>
  );
  if (forbidden !== null) return <PermissionGuard forbidden={forbidden}>{button}</PermissionGuard>;
  return (
    <Menu>
      <MenuTrigger asChild>{button}</MenuTrigger>
      <MenuContent>
        {CHANNEL_KINDS.map((kind) => {
          const Icon = KIND_ICON[kind];
          return (
            <MenuItem key={kind} data-testid={`add-${kind}`} onSelect={() => onAdd(kind)}>
              <Icon /> {CHANNEL_KIND[kind].label}…
            </MenuItem>
          );
        })}
      </MenuContent>
    </Menu>
  );
}
