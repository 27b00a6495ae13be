// A password with an eye: the button tells its state, and the field hides again when its form is sent.
import { useEffect, useRef, useState } from "react";
import Eye from "lucide-react/dist/esm/icons/eye.mjs";
import EyeOff from "lucide-react/dist/esm/icons/eye-off.mjs";

export function PasswordInput({
  inputId,
  name,
  autoComplete,
  invalid,
  describedBy,
  required,
  minLength,
  showLabel,
  hideLabel,
  className,
}) {
  const [shown, setShown] = useState(false);
  const input = useRef(null);
  useEffect(() => {
    const form = input.current?.form;
    const hide = () => setShown(false);
    form?.addEventListener("submit", hide);
    return () => form?.removeEventListener("submit", hide);
  }, []);
  const Icon = shown ? EyeOff : Eye;
  return (
    <div className="relative">
      <input
        ref={input}
        id={inputId}
        name={name}
        type={shown ? "text" : "password"}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        required={required}
        minLength={minLength}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        className={className}
      />
      <button
        type="button"
        onClick={() => setShown(!shown)}
        aria-label={shown ? hideLabel : showLabel}
        title={shown ? hideLabel : showLabel}
        className="absolute inset-y-0 right-0 inline-flex w-9 items-center justify-center rounded-control text-muted hover:text-ink pointer-coarse:w-11"
      >
        <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </div>
  );
}
