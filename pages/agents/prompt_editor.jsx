// Instructions in a large field that saves itself; chips and "{{" insert a variable where the caret stands.
import { useEffect, useRef, useState } from "react";

const PAUSE_MS = 1000;
// A usual estimate for English: a token is about four characters.
const CHARACTERS_PER_TOKEN = 4;

export function PromptEditor({ inputId, value = "", limit, disabled, invalid, describedBy, variables, words, className, onSave }) {
  const [text, setText] = useState(value);
  const area = useRef(null);
  const sent = useRef(value);
  const focused = useRef(false);
  const timer = useRef(0);
  const latest = useRef({ text, onSave });
  latest.current = { text, onSave };

  useEffect(() => {
    if (focused.current && latest.current.text !== sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);

  const save = () => {
    clearTimeout(timer.current);
    if (latest.current.text === sent.current) return;
    const base = sent.current;
    sent.current = latest.current.text;
    // What was there before tells who stores it whether somebody else changed it meanwhile.
    latest.current.onSave?.(latest.current.text, base);
  };
  useEffect(() => () => save(), []);

  const change = (next) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(save, PAUSE_MS);
  };
  // What stands between "{{" and the caret, while a name is being typed.
  const [typed, setTyped] = useState(null);
  const [chosen, setChosen] = useState(0);
  const found =
    typed === null
      ? []
      : variables.filter(({ name, label }) => `${name} ${label}`.toLowerCase().includes(typed.toLowerCase())).slice(0, 8);
  const look = (field) => {
    const before = field.value.slice(0, field.selectionStart);
    const match = /\{\{\s*([\w.]*)$/.exec(before);
    setTyped(match ? match[1] : null);
    setChosen(0);
  };
  const complete = (name) => {
    const field = area.current;
    const caret = field.selectionStart;
    const from = text.lastIndexOf("{{", caret - 1);
    const rest = text.slice(caret).replace(/^\s*\}\}/, "");
    const piece = `{{${name}}}`;
    change(text.slice(0, from) + piece + rest);
    setTyped(null);
    requestAnimationFrame(() => {
      field.focus();
      field.setSelectionRange(from + piece.length, from + piece.length);
    });
  };
  const choose = (event) => {
    if (!found.length) return;
    if (event.key === "ArrowDown") setChosen((chosen + 1) % found.length);
    else if (event.key === "ArrowUp") setChosen((chosen + found.length - 1) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") complete(found[chosen].name);
    else if (event.key === "Escape") setTyped(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const insert = (name) => {
    const field = area.current;
    const [from, to] = [field.selectionStart, field.selectionEnd];
    const piece = `{{${name}}}`;
    change(text.slice(0, from) + piece + text.slice(to));
    requestAnimationFrame(() => {
      field.focus();
      field.setSelectionRange(from + piece.length, from + piece.length);
    });
  };

  const count = text.trim() ? text.trim().split(/\s+/).length : 0;
  const over = text.length - limit;
  return (
    <div className="overflow-hidden rounded-card border border-control bg-canvas focus-within:outline-2 focus-within:outline-ring has-[[aria-invalid]]:border-danger">
      {disabled ? null : (
        <div role="group" aria-label={words.insert} className="flex flex-wrap gap-1.5 border-b border-line bg-sunken px-3 py-2">
          {variables.map(({ name, label }) => (
            <button
              key={name}
              type="button"
              title={`{{${name}}}`}
              // Pressing must not take the caret away from the field.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => insert(name)}
              className="inline-flex h-6 items-center gap-1 rounded-control border border-line bg-canvas px-2 text-12 font-medium text-muted hover:border-control hover:text-ink pointer-coarse:h-9"
            >
              <span aria-hidden="true" className="text-accent-ink">+</span>
              {label}
            </button>
          ))}
        </div>
      )}
      <textarea
        ref={area}
        id={inputId}
        value={text}
        disabled={disabled}
        spellCheck="true"
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        onChange={(event) => {
          change(event.target.value);
          look(event.target);
        }}
        onKeyDown={choose}
        onSelect={(event) => typed !== null && look(event.target)}
        aria-autocomplete="list"
        aria-controls={`${inputId}-variables`}
        aria-activedescendant={found.length ? `${inputId}-variable-${chosen}` : undefined}
        onFocus={() => {
          focused.current = true;
        }}
        onBlur={() => {
          focused.current = false;
          setTyped(null);
          save();
        }}
        className={className}
      />
      <ul
        id={`${inputId}-variables`}
        role="listbox"
        aria-label={words.insert}
        hidden={!found.length}
        className="max-h-56 overflow-y-auto border-t border-line bg-raised py-1"
      >
        {found.map(({ name, label }, place) => (
          <li
            key={name}
            id={`${inputId}-variable-${place}`}
            role="option"
            aria-selected={place === chosen}
            onMouseDown={(event) => {
              event.preventDefault();
              complete(name);
            }}
            className="flex min-h-8 cursor-pointer items-center gap-3 px-3 text-13 aria-selected:bg-hover pointer-coarse:min-h-11"
          >
            <code className="font-mono text-accent-ink">{`{{${name}}}`}</code>
            <span className="text-muted">{label === name ? "" : label}</span>
          </li>
        ))}
      </ul>
      <p className="tabular flex flex-wrap gap-x-4 border-t border-line px-3 py-1.5 text-12 text-faint">
        <span>
          {count.toLocaleString()} {words.words}
        </span>
        <span>
          {words.about} {Math.ceil(text.length / CHARACTERS_PER_TOKEN).toLocaleString()} {words.tokens}
        </span>
        {over > 0 ? (
          <span className="font-medium text-danger-ink">
            {over.toLocaleString()} {words.over}
          </span>
        ) : null}
      </p>
    </div>
  );
}
