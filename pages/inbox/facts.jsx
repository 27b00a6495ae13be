// The person of the open conversation, changed in place, and where the conversation stands.
import { useState } from "react";
import { Link } from "react-router";
import Ban from "lucide-react/dist/esm/icons/ban.mjs";
import CircleCheck from "lucide-react/dist/esm/icons/circle-check.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";
import { CopyButton } from "$/public/external/pages/components/copy_button/copy_button.jsx";
import { SavingInput } from "$/public/external/pages/components/saving_field/saving_field.jsx";
import { Timestamp } from "$/public/external/pages/components/timestamp/timestamp.jsx";
import { SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { AgentMark, Avatar, Icon } from "$/public/external/pages/inbox/parts/marks.jsx";
import { useOptimistic } from "$/public/external/pages/inbox/parts/name.jsx";
import { TagPills } from "$/public/external/pages/inbox/parts/tag_menu.jsx";

const FIELD =
  "w-full rounded-control border border-transparent bg-transparent px-2 py-1 text-13 text-ellipsis text-ink placeholder:text-faint hover:border-line focus-visible:border-control focus-visible:bg-canvas focus-within:outline-2 focus-within:outline-ring focus-visible:outline-offset-0 aria-invalid:border-danger pointer-coarse:min-h-11 pointer-coarse:text-16";

function Line({ name, children }) {
  return (
    <div className="flex min-h-7 items-start gap-2 py-1">
      <dt className="w-22 shrink-0 text-muted">{name}</dt>
      <dd className="min-w-0 flex-1 break-words text-ink">{children}</dd>
    </div>
  );
}

function Field({ id, name, error, children }) {
  return (
    <div className="flex items-start gap-2">
      <label htmlFor={id} className="w-22 shrink-0 py-1 text-muted pointer-coarse:py-3">
        {name}
      </label>
      <div className="min-w-0 flex-1">
        {children}
        {error ? (
          <p id={`${id}-error`} role="alert" className="px-2 pb-1 text-12 text-danger-ink">
            {error}
          </p>
        ) : null}
      </div>
    </div>
  );
}

function Exact({ at }) {
  return at ? (
    <time dateTime={at} className="whitespace-nowrap">
      {new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(new Date(at))}
    </time>
  ) : null;
}

function Edit({ field, label, kind = "text", value, person, errors, words, onSave }) {
  const id = `side-${field}`;
  const error = errors[field];
  return (
    <Field id={id} name={label} error={error}>
      <SavingInput
        inputId={id}
        kind={kind}
        rows={2}
        value={value}
        placeholder={words.EMPTY}
        maxLength={kind === "area" ? 4000 : 200}
        invalid={Boolean(error)}
        describedBy={error ? `${id}-error` : undefined}
        autoComplete="off"
        className={FIELD + (kind === "area" ? " resize-y" : "")}
        onSave={(text) => onSave?.(person.id, field, text)}
      />
    </Field>
  );
}

// A field of the business's own: written, chosen or ticked, as it was made.
function Custom({ field, person, words, onSave }) {
  const id = `side-own-${field.key}`;
  const [value, setValue] = useOptimistic(field.value);
  const save = (next) => {
    setValue(next);
    onSave?.(person.id, field.key, next);
  };
  if (field.kind === "choice") {
    return (
      <Field id={id} name={field.label}>
        <select id={id} value={value} onChange={(event) => save(event.target.value)} className={FIELD}>
          <option value="">{words.EMPTY}</option>
          {field.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      </Field>
    );
  }
  if (field.kind === "boolean") {
    return (
      <Field id={id} name={field.label}>
        <input
          id={id}
          type="checkbox"
          checked={value === "yes"}
          onChange={(event) => save(event.target.checked ? "yes" : "no")}
          className="m-2 size-4 accent-accent pointer-coarse:my-3.5"
        />
      </Field>
    );
  }
  const kind = { number: "number", date: "date" }[field.kind] ?? "text";
  return (
    <Field id={id} name={field.label}>
      <SavingInput inputId={id} kind={kind} value={field.value} placeholder={words.EMPTY} className={FIELD} onSave={save} />
    </Field>
  );
}

function PersonTags({ person, words, onTag }) {
  const [text, setText] = useState("");
  return (
    <Field id="side-tags" name={words.TAGS}>
      <div className="flex flex-wrap items-center gap-1 px-2 py-0.5">
        {person.tags.map((tag) => (
          <span key={tag.id} className="inline-flex h-5 max-w-full items-center rounded-full bg-hover pl-2 text-12 font-medium text-ink">
            <span className="truncate">{tag.name}</span>
            <button
              type="button"
              aria-label={words.TAG_REMOVE.replace("{name}", tag.name)}
              onClick={() => onTag?.(person.id, tag.name, false)}
              className="inline-flex size-6 items-center justify-center text-muted hover:text-ink"
            >
              <Icon as={X} size={12} />
            </button>
          </span>
        ))}
        <form
          className="min-w-16 flex-1"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim()) onTag?.(person.id, text.trim(), true);
            setText("");
          }}
        >
          <input
            id="side-tags"
            value={text}
            maxLength={40}
            placeholder={words.TAG_ADD}
            onChange={(event) => setText(event.target.value)}
            className="h-6 w-full bg-transparent text-13 text-ink placeholder:text-faint pointer-coarse:h-11 pointer-coarse:text-16"
          />
        </form>
      </div>
    </Field>
  );
}

function OptOuts({ person, words }) {
  const [before, after] = words.OPTED_OUT.split("{number}");
  if (!person.opt_outs.length) {
    return (
      <span className="flex gap-1.5">
        <Icon as={CircleCheck} size={14} className="mt-0.5 text-success" />
        {words.MAY_TEXT}
      </span>
    );
  }
  return (
    <ul className="flex flex-col gap-1">
      {person.opt_outs.map((out) => (
        <li key={out.number} className="flex gap-1.5 text-warning-ink">
          <Icon as={Ban} size={14} className="mt-0.5" />
          <span>
            {before}
            <span className="whitespace-nowrap">{out.number || words.EVERY_NUMBER}</span>
            {after} <Exact at={out.at} />
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Facts({ row, person, alike, errors, agents, tags, words, time, mayMerge, onSave, onSaveCustom, onTag, onMerge }) {
  const shared = { person, errors, words, onSave };
  const agent = agents.find((one) => one.id === row.agent_id);
  const status = { open: words.OPEN, closed: words.CLOSED, snoozed: words.SNOOZED }[row.status];
  return (
    <>
      <section aria-label={words.CONTACT} className="px-4 pt-4 pb-3">
        <div className="flex items-center gap-3">
          <Avatar name={person.name} />
          <div className="min-w-0 flex-1">
            {/* Without a name the number stands here alone, and is not said again below. */}
            <h3 className="truncate text-14 font-semibold">{person.name || person.phone_display || person.email || words.UNKNOWN}</h3>
            {person.is_blocked ? <p className="text-12 text-danger-ink">{words.BLOCKED}</p> : null}
          </div>
          {person.phone ? (
            <CopyButton
              text={person.phone}
              label={words.COPY_NUMBER}
              done={words.COPIED}
              className="inline-flex size-8 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink pointer-coarse:size-11"
            />
          ) : null}
        </div>
        <div className="mt-3 -mr-2 text-13">
          <Edit field="name" label={words.NAME} value={person.name} {...shared} />
          <Edit field="phone_number" label={words.PHONE} kind="tel" value={person.phone_display} {...shared} />
          <Edit field="email" label={words.EMAIL} kind="email" value={person.email} {...shared} />
          <Edit field="company" label={words.COMPANY} value={person.company} {...shared} />
          <Edit field="job_title" label={words.JOB} value={person.job_title} {...shared} />
          {person.custom.map((field) => (
            <Custom key={field.key} field={field} person={person} words={words} onSave={onSaveCustom} />
          ))}
          <PersonTags person={person} words={words} onTag={onTag} />
          <Edit field="notes" label={words.NOTES} kind="area" value={person.notes} {...shared} />
        </div>
        <dl className="mt-1 text-13">
          {person.phone_display ? (
            <Line name={words.TEXTS}>
              <OptOuts person={person} words={words} />
            </Line>
          ) : null}
          <Line name={words.SINCE}>
            <Exact at={person.since} />
          </Line>
        </dl>
        <Link to={`/contacts/${person.id}`} className="mt-1 inline-block text-13 font-medium text-accent-ink hover:underline">
          {words.WHOLE_CONTACT}
        </Link>
      </section>
      {alike.length ? (
        <section aria-label={words.ALIKE} className="border-t border-line px-4 py-4">
          <h3 className="text-12 font-medium text-muted">{words.ALIKE}</h3>
          <ul className="mt-1 flex flex-col gap-1 text-13">
            {alike.map((other) => (
              <li key={other.id}>
                <span className="flex items-center gap-2">
                  <span className="min-w-0 flex-1">
                    <Link to={`/contacts/${other.id}`} className="block truncate font-medium text-ink hover:underline">
                      {other.name || other.phone_display || other.email}
                    </Link>
                    <span className="block truncate text-12 text-muted">
                      {[words[other.reason], other.name && (other.phone_display || other.email)].filter(Boolean).join(" · ")}
                    </span>
                  </span>
                  {mayMerge ? (
                    <button
                      type="button"
                      className={SECONDARY}
                      aria-label={`${words.COMPARE} ${other.name || other.phone_display || other.email}`}
                      onClick={() => onMerge?.(person.id, other.id)}
                    >
                      {words.COMPARE}
                    </button>
                  ) : null}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <section aria-label={words.CONVERSATION} className="border-t border-line px-4 pt-4 pb-5">
        <h3 className="text-12 font-medium text-muted">{words.CONVERSATION}</h3>
        <dl className="mt-1 text-13">
          <Line name={words.STATUS}>{status}</Line>
          <Line name={words.ASSIGNEE}>{[row.assignee_name, row.team_name].filter(Boolean).join(" · ") || words.NOBODY}</Line>
          {row.agent_id ? (
            <Line name={words.AGENT}>
              <Link to={`/agents/${row.agent_id}`} className="inline-flex max-w-full items-center gap-1.5 hover:underline">
                <AgentMark />
                <span className="truncate">
                  {agent?.name ?? words.AGENT_GONE} · v{row.agent_version}
                </span>
              </Link>
            </Line>
          ) : null}
          {row.tag_ids.length ? (
            <Line name={words.TAGS}>
              <span className="flex flex-wrap gap-1">
                <TagPills own={row.tag_ids} tags={tags} />
              </span>
            </Line>
          ) : null}
          <Line name={words.LAST}>
            <Timestamp at={row.last_at} format="relative" {...time} />
          </Line>
        </dl>
      </section>
    </>
  );
}
