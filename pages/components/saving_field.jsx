// Local text that saves itself. The server's value is taken over only when the field is neither focused nor changed.
import { useEffect, useRef, useState } from "react";

const PAUSE_MS = 800;

export function SavingInput({
  inputId,
  name,
  kind,
  rows,
  value = "",
  placeholder,
  maxLength,
  invalid,
  disabled,
  describedBy,
  autoComplete,
  className,
  onSave,
}) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const focused = useRef(false);
  const latest = useRef({ text, onSave });
  const timer = useRef(0);
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
  // Leaving the page counts as leaving the field.
  useEffect(() => () => save(), []);

  const shared = {
    id: inputId,
    name,
    value: text,
    placeholder,
    maxLength,
    disabled,
    autoComplete,
    className,
    "aria-invalid": invalid || undefined,
    "aria-describedby": describedBy,
    onChange: (event) => {
      setText(event.target.value);
      clearTimeout(timer.current);
      timer.current = setTimeout(save, PAUSE_MS);
    },
    onFocus: () => {
      focused.current = true;
    },
    onBlur: () => {
      focused.current = false;
      save();
    },
  };
  if (kind === "area") {
    return <textarea {...shared} rows={rows} style={{ minHeight: `calc(${rows} * 1.45em + 1rem)` }} />;
  }
  return <input {...shared} type={kind} onKeyDown={(event) => event.key === "Enter" && save()} />;
}
