// What agents remember of somebody: each fact with the sentence that proves it, corrected and struck in place.
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import Pencil from "lucide-react/dist/esm/icons/pencil.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { AgentMark, ChannelIcon, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const FEW = 5;
const LONGEST = 200;
const BUTTON =
  "inline-flex h-7 items-center rounded-control border border-control px-2 text-13 font-medium text-ink hover:bg-hover pointer-coarse:h-11 pointer-coarse:px-3";
const DANGER =
  "inline-flex h-7 items-center rounded-control bg-danger px-2 text-13 font-medium text-on-accent hover:opacity-90 pointer-coarse:h-11 pointer-coarse:px-3";
const ROUND =
  "inline-flex size-6 items-center justify-center rounded-control text-faint hover:bg-hover hover:text-ink pointer-coarse:-my-2.5 pointer-coarse:size-11";

const day = (at) => new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(new Date(at));

function Correcting({ fact, words, onSave, onClose }) {
  const field = useRef(null);
  const [text, setText] = useState(fact.content);
  useEffect(() => field.current?.focus(), []);
  const save = () => {
    const next = text.trim();
    if (next && next !== fact.content) onSave(fact.id, next);
    onClose();
  };
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <textarea
        ref={field}
        rows={2}
        value={text}
        maxLength={LONGEST}
        aria-label={words.CORRECT_LABEL.replace("{fact}", fact.content)}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey) return;
          event.preventDefault();
          save();
        }}
        className="w-full rounded-control border border-control bg-canvas px-2 py-1.5 text-13 text-ink pointer-coarse:text-16"
      />
      <span className="flex gap-2">
        <button type="submit" className={BUTTON}>
          {words.SAVE}
        </button>
        <button type="button" className={BUTTON} onClick={onClose}>
          {words.CANCEL}
        </button>
      </span>
    </form>
  );
}

function Striking({ fact, words, onStrike, onClose }) {
  const keep = useRef(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <div
      role="alertdialog"
      aria-label={words.STRIKE_LABEL.replace("{fact}", fact.content)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
      className="mt-1.5 rounded-control bg-danger-soft p-2"
    >
      <p className="text-13 text-danger-ink">{words.STRIKE_ASK}</p>
      <span className="mt-2 flex gap-2">
        <button ref={keep} type="button" className={BUTTON} onClick={onClose}>
          {words.KEEP}
        </button>
        <button type="button" className={DANGER} onClick={() => onStrike(fact.id)}>
          {words.STRIKE}
        </button>
      </span>
    </div>
  );
}

function Source({ fact, words }) {
  if (fact.origin === "team") {
    return (
      <p className="text-12 text-muted">
        {words.BY_TEAM.replace("{name}", fact.author)} · {day(fact.said_at)}
      </p>
    );
  }
  const sure = words.SURE.replace("{n}", Math.round(fact.confidence * 100));
  const until = fact.expires_at ? words.UNTIL.replace("{day}", day(fact.expires_at)) : "";
  return (
    <>
      {fact.quote ? (
        <blockquote className="mt-0.5 border-l-2 border-line pl-2 text-12 break-words text-muted">
          <span className="sr-only">{words.PROOF}: </span>“{fact.quote}”
        </blockquote>
      ) : null}
      <p className="mt-0.5 flex flex-wrap items-center gap-x-1.5 text-12 text-muted">
        {fact.channel ? <ChannelIcon channel={fact.channel} size={12} /> : null}
        {fact.conversation_id ? (
          <Link
            to={`/inbox/${fact.conversation_id}`}
            title={words.PLACE}
            className="rounded-control underline decoration-1 underline-offset-2 hover:decoration-2 pointer-coarse:py-3"
          >
            {day(fact.said_at)}
          </Link>
        ) : (
          <span>{day(fact.said_at)}</span>
        )}
        <span>
          {[fact.origin === "corrected" ? words.CORRECTED : sure, until]
            .filter(Boolean)
            .map((part) => `· ${part}`)
            .join(" ")}
        </span>
      </p>
    </>
  );
}

function Fact({ fact, words, onCorrect, onStrike }) {
  const [doing, setDoing] = useState("");
  const row = useRef(null);
  const close = () => {
    setDoing("");
    // Back to where the person was.
    requestAnimationFrame(() => row.current?.querySelector("button")?.focus());
  };
  // What was said of it is settled once it changes.
  useEffect(() => setDoing(""), [fact.content]);
  if (doing === "correct") {
    return (
      <li ref={row} className="py-2">
        <Correcting fact={fact} words={words} onSave={onCorrect} onClose={close} />
      </li>
    );
  }
  return (
    <li ref={row} className="py-2">
      <div className="flex items-start gap-1">
        <p className="min-w-0 flex-1 pt-0.5 text-13 break-words text-ink">
          {fact.content}
          <span className="ml-1.5 text-12 text-faint">{words[fact.kind.toUpperCase()]}</span>
        </p>
        <button
          type="button"
          className={ROUND}
          title={words.CORRECT}
          aria-label={words.CORRECT_LABEL.replace("{fact}", fact.content)}
          onClick={() => setDoing("correct")}
        >
          <Icon as={Pencil} size={14} />
        </button>
        <button
          type="button"
          className={ROUND}
          title={words.STRIKE}
          aria-label={words.STRIKE_LABEL.replace("{fact}", fact.content)}
          onClick={() => setDoing("strike")}
        >
          <Icon as={X} size={14} />
        </button>
      </div>
      <Source fact={fact} words={words} />
      {doing === "strike" ? <Striking fact={fact} words={words} onStrike={onStrike} onClose={close} /> : null}
    </li>
  );
}

function Memory({ view, words, mayForget, isAlone, onCorrect, onStrike, onForget }) {
  const { memory, facts, earlier } = view;
  const [all, setAll] = useState(isAlone);
  const shown = all ? facts : facts.slice(0, FEW);
  const talks = memory.interaction_count + memory.sms_interaction_count;
  return (
    <article aria-label={memory.agent_name} className="py-3 first:pt-0 last:pb-0">
      <header className="flex items-center gap-1.5">
        <AgentMark />
        <p className="min-w-0 flex-1 truncate text-13 font-medium text-ink">{memory.agent_name}</p>
        {mayForget ? (
          <button
            type="button"
            className="rounded-control px-1 text-12 font-medium text-muted hover:text-danger-ink pointer-coarse:min-h-11"
            onClick={() => onForget(memory.id)}
          >
            {words.FORGET}
          </button>
        ) : null}
      </header>
      <p className="tabular mt-0.5 text-12 text-muted">
        {[
          talks === 1 ? words.ONE_TALK : words.TALKS.replace("{n}", talks),
          `${words.UPDATED} ${day(memory.last_updated)}`,
        ].join(" · ")}
      </p>
      {memory.is_chat ? <p className="mt-1 text-12 text-warning-ink">{words.FROM_CHAT}</p> : null}
      {memory.summary ? <p className="mt-1.5 text-13 break-words text-ink">{memory.summary}</p> : null}
      {memory.key_topics.length ? (
        <ul aria-label={words.TOPICS} className="mt-1.5 flex flex-wrap gap-1">
          {memory.key_topics.map((topic) => (
            <li key={topic} className="rounded-full bg-sunken px-2 py-0.5 text-12 text-muted">
              {topic}
            </li>
          ))}
        </ul>
      ) : null}
      {facts.length ? (
        <ul aria-label={words.FACTS} className="mt-1.5 divide-y divide-line">
          {shown.map((fact) => (
            <Fact key={fact.id} fact={fact} words={words} onCorrect={onCorrect} onStrike={onStrike} />
          ))}
        </ul>
      ) : (
        <p className="mt-1.5 text-13 text-muted">{words.NO_FACTS}</p>
      )}
      {facts.length > shown.length ? (
        <button type="button" className={`${BUTTON} mt-1`} onClick={() => setAll(true)}>
          {words.SHOW_ALL.replace("{n}", facts.length)}
        </button>
      ) : null}
      {isAlone && earlier.length ? (
        <section className="mt-4">
          <h3 className="text-12 font-medium text-muted">{words.EARLIER}</h3>
          <ul className="mt-1 divide-y divide-line">
            {earlier.map((one) => (
              <li key={one.id} className="flex items-start gap-2 py-2">
                <span className="mt-0.5">
                  <ChannelIcon channel={one.channel} />
                </span>
                <p className="min-w-0 flex-1 text-13 break-words text-ink">
                  {one.summary} <span className="text-12 whitespace-nowrap text-muted">{day(one.at)}</span>
                </p>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </article>
  );
}

export function Memories({ memories, words, mayForget, isAlone, onCorrect, onStrike, onForget }) {
  if (!memories?.length) return <p className="text-13 text-muted">{words.CARD_EMPTY}</p>;
  return (
    <div className="divide-y divide-line">
      {memories.map((view) => (
        <Memory
          key={view.memory.id}
          view={view}
          words={words}
          mayForget={mayForget}
          isAlone={isAlone}
          onCorrect={onCorrect}
          onStrike={onStrike}
          onForget={onForget}
        />
      ))}
    </div>
  );
}
