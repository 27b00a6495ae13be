// The head of the open conversation: who it is, who answers, whose it is. Changes show before the server agrees.
import { useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import ArrowLeft from "lucide-react/dist/esm/icons/arrow-left.mjs";
import Check from "lucide-react/dist/esm/icons/check.mjs";
import ChevronDown from "lucide-react/dist/esm/icons/chevron-down.mjs";
import Clock from "lucide-react/dist/esm/icons/clock.mjs";
import Ellipsis from "lucide-react/dist/esm/icons/ellipsis.mjs";
import FlaskConical from "lucide-react/dist/esm/icons/flask-conical.mjs";
import Hand from "lucide-react/dist/esm/icons/hand.mjs";
import Languages from "lucide-react/dist/esm/icons/languages.mjs";
import Mail from "lucide-react/dist/esm/icons/mail.mjs";
import Merge from "lucide-react/dist/esm/icons/merge.mjs";
import PanelRight from "lucide-react/dist/esm/icons/panel-right.mjs";
import RotateCcw from "lucide-react/dist/esm/icons/rotate-ccw.mjs";
import Tag from "lucide-react/dist/esm/icons/tag.mjs";
import UserPlus from "lucide-react/dist/esm/icons/user-plus.mjs";
import { CopyButton } from "$/public/external/pages/components/copy_button/copy_button.jsx";
import { Hotkey } from "$/public/external/pages/components/hotkeys/hotkeys.jsx";
import {
  Menu,
  MenuChoice,
  MenuHeading,
  MenuItem,
  MenuList,
  MenuSeparator,
  MenuTrigger,
} from "$/public/external/pages/components/menu/menu.jsx";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { Tip } from "$/public/external/pages/components/tooltip/tooltip.jsx";
import { ANSWERING, Avatar, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { PANEL_FITS, setPanel, useMedia, usePanel, useSeconds } from "$/public/external/pages/inbox/parts/live.jsx";
import { AssignChoices } from "$/public/external/pages/inbox/parts/assign_menu.jsx";
import { Brief } from "$/public/external/pages/inbox/parts/brief.jsx";
import { PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Name, SQUARE, useOptimistic } from "$/public/external/pages/inbox/parts/name.jsx";
import { Others } from "$/public/external/pages/inbox/parts/presence.jsx";
import { TagMenu, TagPills } from "$/public/external/pages/inbox/parts/tag_menu.jsx";
import { toggleTranslation } from "$/public/external/pages/inbox/parts/translation.jsx";
import { WhenBody } from "$/public/external/pages/inbox/parts/when_menu.jsx";

function left(until, now) {
  const seconds = Math.max(0, Math.round((new Date(until).getTime() - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function ThreadHead(props) {
  const { row, reason, mailMode, me, team, teams, tags, others, words } = props;
  const { onRename, onMode, onAssign, onTeam, onStatus, onSnooze, onTag, onMakeTag, onUnread, mayMerge, onMerge, onMakeTest } = props;
  const [briefing, setBriefing] = useState(false);
  const [snoozing, setSnoozing] = useState(false);
  const [tagging, setTagging] = useState(false);
  const panelOpen = usePanel();
  const wide = useMedia(PANEL_FITS);
  const { search } = useLocation();
  const navigate = useNavigate();
  const timed = row.answer_mode === "human" && Boolean(row.paused_until);
  const now = useSeconds(timed);
  const over = timed && new Date(row.paused_until).getTime() <= now;
  const [mode, setMode] = useOptimistic(over ? "ai" : row.answer_mode || "ai");
  const [assignee, setAssignee] = useOptimistic(row.assignee_id);
  const [status, setStatus] = useOptimistic(row.status);
  const owner = assignee ? team.find((mate) => mate.id === assignee)?.name || row.assignee_name : "";
  // An email is answered as its mailbox is set, and never more freely than the conversation allows.
  const byMail = { auto: mode, draft: "draft" }[mailMode] ?? "human";
  const shown = mode !== "human" && row.channel === "email" ? byMail : mode;
  const [picture, tint] = ANSWERING[shown] ?? ANSWERING.ai;
  const modes = [
    ["ai", words.MODE_AI, words.MODE_AI_HINT],
    ["draft", words.MODE_DRAFT, words.MODE_DRAFT_HINT],
    ["human", words.MODE_HUMAN, words.MODE_HUMAN_HINT],
  ];
  const choose = (next, brief = "") => {
    setMode(next);
    if (next !== "human") setNeeded(false);
    onMode?.(row.id, next, brief);
  };
  const handBack = () => choose("ai");
  const assign = (id) => {
    setAssignee(id);
    onAssign?.(row.id, id);
  };
  const closed = status === "closed";
  const snoozed = status === "snoozed";
  const snooze = (at) => {
    setSnoozing(false);
    setStatus("snoozed");
    onSnooze?.(row.id, at);
  };
  const until = row.snoozed_until
    ? new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" }).format(new Date(row.snoozed_until))
    : "";
  const assigning = { team, teams, me, assignee, teamId: row.team_id, words, onPick: assign, onTeam: (id, inTurn) => onTeam?.(row.id, id, inTurn) };
  const setClosed = (close) => {
    const next = close ? "closed" : "open";
    setStatus(next);
    onStatus?.(row.id, next);
  };
  // An open conversation is a read one: marking it unread leaves it.
  const putBack = () => {
    onUnread?.(row.id);
    navigate(`/inbox${search}`);
  };
  const [needed, setNeeded] = useOptimistic(row.needs_person);
  return (
    <>
      <Hotkey keys="a" onPress={() => assign(assignee === me ? "" : me)} />
      <Hotkey keys="e" onPress={() => setClosed(!closed)} />
      <Hotkey keys="u" onPress={putBack} />
      <Hotkey keys="t" onPress={() => choose(mode === "human" ? "ai" : "human")} />
      <Hotkey keys="shift+t" onPress={() => setBriefing(true)} />
      <Hotkey keys="s" onPress={() => setSnoozing(true)} />
      <Hotkey keys="l" onPress={() => setTagging(true)} />
      <Brief open={briefing} words={words} onOpen={setBriefing} onHandBack={(brief) => choose("ai", brief)} />
      <header className="@container shrink-0 border-b border-line">
        <div className="flex min-h-14 items-center gap-2 px-2 py-2 md:px-4">
        <Link to={`/inbox${search}`} aria-label={words.BACK} className={`${SQUARE} md:hidden`}>
          <Icon as={ArrowLeft} size={20} />
        </Link>
        <span className="hidden @2xl:inline-flex">
          <Avatar name={row.name} />
        </span>
        <div className="min-w-0 flex-1">
          <Name row={row} words={words} onRename={onRename} />
          {/* A nameless contact's number is the title, and is not said again. */}
          <p className="flex min-w-0 items-center gap-1 overflow-hidden text-12 text-muted">
            {/* Between the list and the panel there is room for one of the two, and the panel has the number. */}
            {row.name ? (
              <span className={`inline-flex min-w-0 items-center gap-1 ${closed || snoozed ? "md:@max-2xl:hidden" : ""}`}>
                <span className="truncate">{row.phone_display}</span>
                {row.phone ? (
                  <CopyButton
                    text={row.phone}
                    label={words.COPY_NUMBER}
                    done={words.COPIED}
                    className="-my-1 inline-flex size-6 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:hidden"
                  />
                ) : null}
                {closed || snoozed ? <span aria-hidden="true">·</span> : null}
              </span>
            ) : null}
            {closed ? <span className="shrink-0">{words.CLOSED}</span> : null}
            {snoozed ? <span className="truncate">{words.SNOOZED_UNTIL.replace("{time}", until)}</span> : null}
            {owner ? (
              <span className="truncate @max-3xl:hidden">
                {row.name || closed ? "· " : ""}
                {words.OWNED_BY.replace("{name}", owner)}
              </span>
            ) : null}
          </p>
        </div>
        <span className="hidden items-center gap-1 @4xl:flex">
          <TagPills own={row.tag_ids} tags={tags} />
        </span>
        <Others others={others} words={words} />
        <Menu>
          <MenuTrigger
            label={`${words.WHO_ANSWERS}: ${modes.find(([key]) => key === shown)?.[1]}`}
            className="inline-flex h-8 shrink-0 items-center gap-1.5 rounded-control border border-control bg-canvas px-2.5 text-13 font-medium text-ink transition-colors hover:bg-hover data-[state=open]:bg-hover pointer-coarse:h-11"
          >
            <Icon as={picture} className={tint} />
            <span className="@max-lg:sr-only">{{ ai: words.NOW_AI, draft: words.NOW_DRAFT, human: words.NOW_HUMAN }[shown]}</span>
            <Icon as={ChevronDown} size={14} className="text-muted" />
          </MenuTrigger>
          <MenuList align="end">
            <MenuHeading>{words.WHO_ANSWERS}</MenuHeading>
            {modes.map(([key, word, hint]) => (
              <MenuChoice key={key} checked={mode === key} hint={hint} onSelect={() => choose(key)}>
                <Icon as={ANSWERING[key][0]} />
                {word}
              </MenuChoice>
            ))}
            <MenuSeparator />
            <MenuItem onSelect={() => setTimeout(() => setBriefing(true))}>{words.BRIEF_FIRST}</MenuItem>
          </MenuList>
        </Menu>
        {mode === "human" ? (
          <button type="button" onClick={handBack} className={`${SECONDARY} h-8 shrink-0 max-md:hidden`}>
            <Icon as={RotateCcw} />
            <span className="@max-2xl:sr-only">{words.HAND_BACK}</span>
          </button>
        ) : (
          <button type="button" onClick={() => choose("human")} className={`${PRIMARY} h-8 shrink-0 max-md:hidden`}>
            <Icon as={Hand} />
            {words.TAKE_OVER}
          </button>
        )}
        <Menu>
          <MenuTrigger label={words.ASSIGN} className={`${SQUARE} @max-xl:hidden`}>
            {owner ? <Avatar name={owner} size="sm" /> : <Icon as={UserPlus} />}
          </MenuTrigger>
          <MenuList align="end">
            <AssignChoices {...assigning} />
          </MenuList>
        </Menu>
        <TagMenu
          own={row.tag_ids}
          tags={tags}
          words={words}
          className={`${SQUARE} @max-3xl:invisible @max-3xl:-mr-2 @max-3xl:w-0!`}
          open={tagging}
          onOpen={setTagging}
          onSet={(id, on) => onTag?.(row.id, id, on)}
          onMake={onMakeTag}
        />
        <Popover open={snoozing} onOpenChange={setSnoozing}>
          <PopoverTrigger label={words.SNOOZE} className={`${SQUARE} @max-2xl:invisible @max-2xl:-mr-2 @max-2xl:w-0!`}>
            <Icon as={Clock} />
          </PopoverTrigger>
          <PopoverBody align="end" label={words.SNOOZE} className="w-72 p-3">
            <WhenBody title={words.SNOOZE_UNTIL} words={words} action={words.SNOOZE} onPick={snooze} />
          </PopoverBody>
        </Popover>
        <Tip text={closed ? words.REOPEN : words.CLOSE} shortcut="E">
          <button
            type="button"
            aria-label={closed ? words.REOPEN : words.CLOSE}
            onClick={() => setClosed(!closed)}
            className={`${SQUARE} @max-xl:hidden`}
          >
            <Icon as={closed ? RotateCcw : Check} />
          </button>
        </Tip>
        <Tip text={words.DETAILS}>
          <button
            type="button"
            aria-label={words.DETAILS}
            aria-expanded={panelOpen}
            onClick={() => setPanel(!panelOpen)}
            className={`${SQUARE} @max-md:hidden min-[90rem]:hidden`}
          >
            <Icon as={PanelRight} />
          </button>
        </Tip>
        <Menu>
          <MenuTrigger label={words.MORE} className={SQUARE}>
            <Icon as={Ellipsis} />
          </MenuTrigger>
          <MenuList align="end">
            <MenuItem shortcut="U" onSelect={putBack}>
              <Icon as={Mail} />
              {words.MARK_UNREAD}
            </MenuItem>
            <MenuItem shortcut="E" onSelect={() => setClosed(!closed)}>
              <Icon as={closed ? RotateCcw : Check} />
              {closed ? words.REOPEN : words.CLOSE}
            </MenuItem>
            <MenuItem shortcut="S" onSelect={() => setTimeout(() => setSnoozing(true))}>
              <Icon as={Clock} />
              {words.SNOOZE}
            </MenuItem>
            <MenuItem shortcut="L" onSelect={() => setTimeout(() => setTagging(true))}>
              <Icon as={Tag} />
              {words.TAGS}
            </MenuItem>
            <MenuItem onSelect={toggleTranslation}>
              <Icon as={Languages} />
              {words.TRANSLATE}
            </MenuItem>
            {mayMerge ? (
              <MenuItem onSelect={() => setTimeout(() => onMerge?.(row.contact_id, ""))}>
                <Icon as={Merge} />
                {words.MERGE}
              </MenuItem>
            ) : null}
            {row.agent_id ? (
              <MenuItem onSelect={() => onMakeTest?.(row.id)}>
                <Icon as={FlaskConical} />
                {words.MAKE_TEST}
              </MenuItem>
            ) : null}
            {wide ? null : (
              <MenuItem onSelect={() => setPanel(true)}>
                <Icon as={PanelRight} />
                {words.DETAILS}
              </MenuItem>
            )}
            <MenuSeparator />
            <AssignChoices {...assigning} />
          </MenuList>
        </Menu>
        </div>
      </header>
      {needed ? (
        <div role="status" className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 bg-warning-soft px-4 py-2 text-13 text-warning-ink">
          <Icon as={Hand} />
          <p className="min-w-0 flex-1">{reason || words.NEEDED}</p>
          {row.assignee_id === me ? null : (
            <button type="button" className={SECONDARY} onClick={() => assign(me)}>
              {words.ASSIGN_ME}
            </button>
          )}
          {/* A chat can wait for a person while the agent goes on with everything else: then only this hands it back. */}
          <button type="button" className={`${SECONDARY} ${mode === "human" ? "md:hidden" : ""}`} onClick={handBack}>
            {words.HAND_BACK}
          </button>
        </div>
      ) : (
        <div className="flex shrink-0 items-center gap-3 border-b border-line px-4 py-2 text-13 text-muted md:hidden">
          <p className="min-w-0 flex-1">
            {mode === "human"
              ? timed
                ? words.BACK_IN.replace("{time}", left(row.paused_until, now))
                : words.UNTIL_BACK
              : { draft: words.MODE_DRAFT_HINT, human: words.MAIL_OFF_HINT }[shown] ?? words.MODE_AI_HINT}
          </p>
          <button type="button" className={mode === "human" ? SECONDARY : PRIMARY} onClick={() => choose(mode === "human" ? "ai" : "human")}>
            {mode === "human" ? words.HAND_BACK : words.TAKE_OVER}
          </button>
        </div>
      )}
      {!needed && mode === "human" ? (
        <p className="hidden shrink-0 border-b border-line bg-sunken px-4 py-1.5 text-12 text-muted md:block">
          {timed ? words.BACK_IN.replace("{time}", left(row.paused_until, now)) : words.UNTIL_BACK}
        </p>
      ) : null}
    </>
  );
}
