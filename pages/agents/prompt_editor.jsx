// Instructions in a large field that saves itself; chips insert a variable where the caret stands.
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
    sent.current = latest.current.text;
    latest.current.onSave?.(latest.current.text);
  };
  useEffect(() => () => save(), []);

  const change = (next) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(save, PAUSE_MS);
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
        onChange={(event) => change(event.target.value)}
        onFocus={() => {
          focused.current = true;
        }}
        onBlur={() => {
          focused.current = false;
          save();
        }}
        className={className}
      />
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
