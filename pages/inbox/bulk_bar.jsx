// Over the list while conversations are selected: what can be done with all of them, and how far it came.
import { useEffect, useState } from "react";
import Check from "lucide-react/dist/esm/icons/check.mjs";
import Clock from "lucide-react/dist/esm/icons/clock.mjs";
import MailOpen from "lucide-react/dist/esm/icons/mail-open.mjs";
import Tag from "lucide-react/dist/esm/icons/tag.mjs";
import UserPlus from "lucide-react/dist/esm/icons/user-plus.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { Hotkey } from "$/public/external/pages/components/hotkeys/hotkeys.jsx";
import {
  Menu,
  MenuHeading,
  MenuItem,
  MenuList,
  MenuSeparator,
  MenuTrigger,
} from "$/public/external/pages/components/menu/menu.jsx";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { SECONDARY, TEXT_BUTTON } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { WhenBody } from "$/public/external/pages/inbox/parts/when_menu.jsx";
import { selectAll, selectShown, stopSelecting, useSelection } from "$/public/external/pages/inbox/parts/selection.jsx";

const SQUARE =
  "inline-flex size-8 shrink-0 items-center justify-center rounded-control text-ink transition-colors hover:bg-hover data-[state=open]:bg-hover disabled:opacity-50 pointer-coarse:size-11";

export function BulkBar({ work, agents, teams, team, tags, words, mayMerge, onChange, onUndo, onMerge }) {
  const { on, ids, all } = useSelection();
  const [snoozing, setSnoozing] = useState(false);
  const running = work.status === "running" || work.status === "undoing";
  useEffect(() => stopSelecting, []);
  if (running) {
    return (
      <div role="status" className="flex min-h-12 shrink-0 items-center gap-3 border-b border-line bg-info-soft px-4 text-13 text-info-ink">
        <span className="tabular min-w-0 flex-1">
          {(work.status === "running" ? words.WORKING : words.TAKING_BACK)
            .replace("{done}", work.done.toLocaleString())
            .replace("{total}", work.total.toLocaleString())}
        </span>
        {work.status === "running" ? (
          <button type="button" className={SECONDARY} onClick={() => onUndo?.(work.token)}>
            {words.STOP}
          </button>
        ) : null}
      </div>
    );
  }
  if (!on) return null;
  const count = all ? words.ALL_MATCHING : words.SELECTED.replace("{n}", ids.size);
  const none = !all && ids.size === 0;
  const run = (action, value = "") => {
    setSnoozing(false);
    onChange?.(action, value, [...ids], all);
    stopSelecting();
  };
  const merge = () => {
    const [first, second] = ids;
    setTimeout(() => onMerge?.(first, second));
    stopSelecting();
  };
  const shown = () =>
    selectShown([...document.querySelectorAll("[data-row]")].map((row) => row.dataset.row).slice(0, 500));
  return (
    <section aria-label={words.SELECTION} className="shrink-0 border-b border-line bg-sunken px-3 py-1.5">
      <Hotkey keys="escape" onPress={stopSelecting} />
      <div className="flex items-center md:max-xl:-mr-2 xl:gap-1">
        <p role="status" className="tabular min-w-0 flex-1 truncate px-1 text-13 font-medium">
          {count}
        </p>
        <button type="button" disabled={none} aria-label={words.CLOSE} title={words.CLOSE} onClick={() => run("close")} className={SQUARE}>
          <Icon as={Check} />
        </button>
        <Popover open={snoozing} onOpenChange={setSnoozing}>
          <PopoverTrigger label={words.SNOOZE} className={SQUARE}>
            <Icon as={Clock} />
          </PopoverTrigger>
          <PopoverBody align="end" label={words.SNOOZE} className="w-72 p-3">
            <WhenBody title={words.SNOOZE} words={words} action={words.SNOOZE} onPick={(at) => none || run("snooze", at)} />
          </PopoverBody>
        </Popover>
        <Menu>
          <MenuTrigger label={words.ASSIGN} disabled={none} className={SQUARE}>
            <Icon as={UserPlus} />
          </MenuTrigger>
          <MenuList align="end">
            <MenuHeading>{words.ASSIGN}</MenuHeading>
            {team.map((mate) => (
              <MenuItem key={mate.id} onSelect={() => run("assign", mate.id)}>
                {mate.name}
              </MenuItem>
            ))}
            <MenuItem onSelect={() => run("assign")}>{words.NOBODY}</MenuItem>
            {teams.length ? <MenuSeparator /> : null}
            {teams.length ? <MenuHeading>{words.TEAMS}</MenuHeading> : null}
            {teams.map((one) => (
              <MenuItem key={one.id} onSelect={() => run("assign_team", one.id)}>
                {one.name}
              </MenuItem>
            ))}
          </MenuList>
        </Menu>
        <Menu>
          <MenuTrigger label={words.TAG} disabled={none || !tags.length} className={SQUARE}>
            <Icon as={Tag} />
          </MenuTrigger>
          <MenuList align="end">
            <MenuHeading>{words.TAG_ADD}</MenuHeading>
            {tags.map((tag) => (
              <MenuItem key={tag.id} onSelect={() => run("tag", tag.id)}>
                {tag.name}
              </MenuItem>
            ))}
            <MenuSeparator />
            <MenuHeading>{words.TAG_REMOVE}</MenuHeading>
            {tags.map((tag) => (
              <MenuItem key={tag.id} onSelect={() => run("untag", tag.id)}>
                {tag.name}
              </MenuItem>
            ))}
          </MenuList>
        </Menu>
        <Menu>
          <MenuTrigger label={words.MORE} disabled={none} className={SQUARE}>
            <Icon as={MailOpen} />
          </MenuTrigger>
          <MenuList align="end">
            <MenuItem onSelect={() => run("read")}>{words.MARK_READ}</MenuItem>
            <MenuItem onSelect={() => run("unread")}>{words.MARK_UNREAD}</MenuItem>
            <MenuItem onSelect={() => run("reopen")}>{words.REOPEN}</MenuItem>
            {mayMerge ? (
              <MenuItem disabled={all || ids.size !== 2} onSelect={merge}>
                {words.MERGE}
              </MenuItem>
            ) : null}
          </MenuList>
        </Menu>
        <button type="button" aria-label={words.STOP_SELECTING} title={words.STOP_SELECTING} onClick={stopSelecting} className={SQUARE}>
          <Icon as={X} />
        </button>
      </div>
      <p className="flex flex-wrap gap-x-3 px-1 text-12">
        <button type="button" className={TEXT_BUTTON} onClick={shown}>
          {words.SELECT_SHOWN}
        </button>
        <button type="button" aria-pressed={all} className={TEXT_BUTTON} onClick={() => selectAll(!all)}>
          {all ? words.SELECT_NONE : words.SELECT_MATCHING}
        </button>
      </p>
    </section>
  );
}
