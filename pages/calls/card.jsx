// A call in the timeline: how it stands or what came of it, who answered, and what was said, live while it runs.
import { useEffect } from "react";
import { Link } from "react-router";
import ChevronDown from "lucide-react/dist/esm/icons/chevron-down.mjs";
import ChevronUp from "lucide-react/dist/esm/icons/chevron-up.mjs";
import CircleCheck from "lucide-react/dist/esm/icons/circle-check.mjs";
import Flag from "lucide-react/dist/esm/icons/flag.mjs";
import Frown from "lucide-react/dist/esm/icons/frown.mjs";
import Smile from "lucide-react/dist/esm/icons/smile.mjs";
import Square from "lucide-react/dist/esm/icons/square.mjs";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { isLive, lasted, picture, reasonOf, resultOf, running, titleOf } from "$/public/external/pages/calls/parts/saying.jsx";
import { StepIn } from "$/public/external/pages/calls/parts/step_in.jsx";
import { Transcript } from "$/public/external/pages/calls/parts/transcript.jsx";
import { AgentMark, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { TEXT_BUTTON } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { useSeconds } from "$/public/external/pages/inbox/parts/live.jsx";

// Calls that were opened because they ran; who closes one has it closed.
const followed = new Set();

const OUTCOMES = { resolved: CircleCheck, booked: CircleCheck, follow_up: Flag };
const MOODS = { positive: [Smile, "text-success-ink"], negative: [Frown, "text-danger-ink"] };

function Mark({ as, tint = "text-muted", children }) {
  return (
    <span className="inline-flex items-center gap-1 text-12 text-muted">
      {as ? <Icon as={as} size={14} className={tint} /> : null}
      {children}
    </span>
  );
}

// Why the call was made: what its agent was told of it.
function Why({ data, words }) {
  const told = [
    [words.PURPOSE, data.purpose],
    [words.GOAL, data.goal],
    [words.GIVEN, (data.given ?? []).map(([name, value]) => `${name}: ${value}`).join(" · ")],
    [words.TEMPLATE, data.template],
  ].filter(([, value]) => value);
  if (!told.length) return null;
  return (
    <dl className="mt-2 flex flex-col gap-1 border-t border-line pt-2 text-13">
      {told.map(([name, value]) => (
        <div key={name} className="min-w-0 break-words">
          <dt className="inline text-muted">{name}: </dt>
          <dd className="inline text-pretty text-ink">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

// What a model noted when the call had ended.
function Notes({ data, words }) {
  if (!data.summary && !data.outcome && !data.action_items?.length) return null;
  const [mood, tint] = MOODS[data.sentiment] ?? [];
  const outcome = words[(data.outcome ?? "").toUpperCase()];
  return (
    <div className="mt-2 flex flex-col gap-2 border-t border-line pt-2">
      {data.summary ? <p className="text-14 text-pretty break-words text-ink">{data.summary}</p> : null}
      {data.action_items?.length ? (
        <ul aria-label={words.TO_DO} className="flex flex-col gap-1">
          {data.action_items.map((one) => (
            <li key={one} className="flex items-start gap-1.5 text-13 text-ink">
              <span className="mt-0.5">
                <Icon as={Square} size={14} className="text-muted" />
              </span>
              <span className="min-w-0 break-words">{one}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {outcome || mood ? (
        <p className="flex flex-wrap gap-x-3 gap-y-1">
          {outcome ? <Mark as={OUTCOMES[data.outcome]}>{outcome}</Mark> : null}
          {mood ? <Mark as={mood} tint={tint}>{words[data.sentiment.toUpperCase()]}</Mark> : null}
        </p>
      ) : null}
    </div>
  );
}

function Standing({ item, live, words }) {
  const data = item.data ?? {};
  const now = useSeconds(live && Boolean(data.answered_at));
  if (!live) return data.duration_s ? <span className="tabular shrink-0 text-13 text-muted">{lasted(data.duration_s, words)}</span> : null;
  return (
    <span role="status" className="inline-flex shrink-0 items-center gap-1.5 text-13 font-medium text-success-ink">
      <span aria-hidden="true" className="size-2 animate-breathe rounded-full bg-success motion-reduce:animate-none" />
      {words[item.status.toUpperCase()]}
      {data.answered_at ? (
        <span aria-hidden="true" className="tabular font-normal text-muted">
          {running(data.answered_at, now)}
        </span>
      ) : null}
    </span>
  );
}

export function CallCard({ item, contactName, open, words, actions }) {
  const data = item.data ?? {};
  const live = isLive(item.status);
  const talking = item.status === "in_progress";
  const isOpen = open.callId === item.record_id;
  const shape = { direction: item.direction, status: item.status, disposition: data.disposition, isMissed: data.is_missed };
  const [face, tint] = picture(shape);
  const result = resultOf({ ...shape, agentName: data.agent_name }, words);
  const reason = live ? "" : reasonOf(data.reason, result);
  const byAgent = data.disposition === "answered_by_agent";
  const inbound = item.direction === "inbound";
  const hasWords = talking || Boolean(data.answered_at);
  useEffect(() => {
    if (!talking || followed.has(item.record_id)) return;
    followed.add(item.record_id);
    actions.onOpenCall(item.record_id);
  }, [talking, item.record_id]);
  const shown = isOpen && hasWords;
  return (
    <article aria-label={titleOf(shape, words)} className={`flex flex-col pt-4 ${inbound ? "items-start" : "items-end"}`}>
      <div className={`w-full max-w-[36rem] rounded-card border bg-canvas px-4 py-3 ${live ? "border-control" : "border-line"}`}>
        <div className="flex items-center gap-2">
          <Icon as={face} size={16} className={tint} />
          <h4 className="min-w-0 flex-1 truncate text-14 font-medium text-ink">{titleOf(shape, words)}</h4>
          <Standing item={item} live={live} words={words} />
        </div>
        {result || (live && data.agent_name) ? (
          <p className="mt-1 flex flex-wrap items-center gap-x-1.5 text-13 text-muted">
            {byAgent || live ? <AgentMark /> : null}
            <span className="min-w-0 break-words">{result || data.agent_name}</span>
            {(byAgent || live) && data.agent_version ? <span>· v{data.agent_version}</span> : null}
            <span>· {data.service_display}</span>
          </p>
        ) : null}
        {reason ? <p className="mt-1 text-13 text-pretty text-muted">{reason}</p> : null}
        <Why data={data} words={words} />
        <Notes data={data} words={words} />
        {shown ? (
          <div className="mt-3 border-t border-line pt-3">
            <Transcript
              key={item.record_id}
              callId={item.record_id}
              lines={open.lines}
              feed={open.feed}
              recordings={open.recordings}
              hasEarlier={open.hasEarlier}
              hasLater={open.hasLater}
              callerName={contactName}
              agentName={data.agent_name}
              isLive={live}
              words={words}
              onMore={actions.onMoreSaid}
              onOpen={actions.onOpenCall}
            />
          </div>
        ) : null}
        <div className="mt-2 -mb-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-13">
          {hasWords ? (
            <button
              type="button"
              aria-expanded={shown}
              className={`${TEXT_BUTTON} -ml-1`}
              onClick={() => actions.onOpenCall(shown ? "" : item.record_id)}
            >
              <Icon as={shown ? ChevronUp : ChevronDown} size={14} />
              {shown ? words.HIDE_TRANSCRIPT : words.TRANSCRIPT}
            </button>
          ) : null}
          <Link to={`/calls/${item.record_id}`} className={`${TEXT_BUTTON} ${hasWords ? "" : "-ml-1"}`}>
            {words.OPEN}
          </Link>
        </div>
        {live ? (
          <StepIn
            callId={item.record_id}
            talking={talking && Boolean(data.agent_name)}
            asked={open.asked}
            words={words}
            opening={open.opening}
            takenBy={isOpen ? open.takenBy : ""}
            onHold={isOpen && open.onHold}
            parties={isOpen ? open.parties : []}
            colleagues={isOpen ? open.colleagues : []}
            others={[data.caller_display, data.agent_name]}
            onAsk={actions.onAskCall}
            onComeIn={actions.onComeIn}
            onHangUp={actions.onHangUp}
          />
        ) : null}
      </div>
      <p className="mt-0.5 min-h-5 px-0.5 text-12 text-muted">
        <Timestamp at={item.at} format="clock" />
      </p>
    </article>
  );
}
