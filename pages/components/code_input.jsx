// One input under a row of boxes: the boxes only show what it holds and where the next digit goes.
import { useEffect, useRef, useState } from "react";

export function CodeInput({
  inputId,
  name,
  length = 6,
  value,
  invalid,
  disabled,
  describedBy,
  focused,
  onChange,
  onComplete,
}) {
  const [own, setOwn] = useState("");
  const [hasFocus, setHasFocus] = useState(false);
  const [caret, setCaret] = useState(0);
  const input = useRef(null);
  const code = value ?? own;

  useEffect(() => {
    if (focused) input.current?.focus();
  }, [focused]);

  const accept = (event) => {
    const next = event.target.value.replace(/\D/g, "").slice(0, length);
    setOwn(next);
    setCaret(next.length);
    onChange?.(next);
    if (next.length === length && next !== code) onComplete?.(next);
  };
  const followCaret = (event) => setCaret(event.target.selectionStart ?? code.length);
  const at = Math.min(caret, length - 1);

  return (
    <div className="relative w-full max-w-100">
      <input
        ref={input}
        id={inputId}
        name={name}
        value={code}
        onChange={accept}
        onSelect={followCaret}
        onFocus={() => setHasFocus(true)}
        onBlur={() => setHasFocus(false)}
        disabled={disabled}
        type="text"
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern={`[0-9]{${length}}`}
        maxLength={length + 6}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        className="absolute inset-0 z-10 size-full cursor-text opacity-0"
      />
      <div aria-hidden="true" className="grid grid-flow-col gap-2" style={{ gridTemplateColumns: `repeat(${length}, 1fr)` }}>
        {Array.from({ length }, (_, index) => (
          <span
            key={index}
            className={
              "tabular flex h-12 items-center justify-center rounded-control border bg-canvas text-20 font-medium text-ink " +
              (invalid ? "border-danger " : "border-control ") +
              (hasFocus && index === at ? "outline-2 outline-ring" : "")
            }
          >
            {code[index] ?? ""}
          </span>
        ))}
      </div>
    </div>
  );
}
