// Send forms to our own endpoints, outside the tab's socket: passwords and codes never enter the page's state, and the
// answer may set the session cookie. What is wrong appears at its field, by name.
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { toast } from "sonner";

const REMEMBERED = "magpipe.form.";
const IDLE = { busy: false, done: false, errors: {} };
const forms = new Map();
const watchers = new Set();

function patch(name, change) {
  forms.set(name, { ...(forms.get(name) ?? IDLE), ...change });
  watchers.forEach((watcher) => watcher());
}

function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

// What a form is doing: busy, done, and its errors by field ("form" for those that belong to none).
export function useApiForm(name) {
  return useSyncExternalStore(watch, () => forms.get(name) ?? IDLE, () => IDLE);
}

function recall(field) {
  try {
    return sessionStorage.getItem(REMEMBERED + field) ?? "";
  } catch {
    return "";
  }
}

function remember(field, value) {
  try {
    sessionStorage.setItem(REMEMBERED + field, value);
  } catch {
    // A browser that keeps nothing asks again.
  }
}

async function call(action, body, words) {
  let response;
  try {
    response = await fetch(action, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    return { error: { message: words } };
  }
  const data = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (response.ok) return { data };
  const error = data.error ?? { message: words };
  if (response.status >= 500 && data.request_id) error.message += ` (${data.request_id.slice(-12)})`;
  return { error };
}

// Post without a form (sign out, switch organization) and go where the answer says.
export function postAndGo(action, body, words) {
  call(action, body, words).then(({ data, error }) => {
    if (data) window.location.assign(data.next ?? "/");
    else toast.error(error.message);
  });
}

export function ApiForm({ name, action, extra, rememberField, submitOn, offline, onDone, children, className }) {
  const form = useRef(null);
  const { busy } = useApiForm(name);
  useEffect(() => {
    const rest = () => patch(name, IDLE);
    rest();
    const wanted = new URLSearchParams(window.location.search).get("next");
    if (wanted) remember("next", wanted);
    // Going back may show the page as it was left: sending.
    window.addEventListener("pageshow", rest);
    return () => {
      window.removeEventListener("pageshow", rest);
      forms.delete(name);
    };
  }, [name]);

  const submit = async (event) => {
    event.preventDefault();
    if (busy || form.current === null) return;
    const body = { ...(extra ?? {}), ...Object.fromEntries(new FormData(form.current)) };
    body.timezone ??= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
    body.next ??= recall("next");
    patch(name, { busy: true, done: false, errors: {} });
    const { data, error } = await call(action, body, offline);
    if (error) {
      const first = error.details?.field ?? "";
      const isShown = Boolean(form.current?.elements.namedItem(first));
      patch(name, {
        busy: false,
        errors: isShown ? (error.details.fields ?? { [first]: error.message }) : { form: error.message },
      });
      form.current?.elements.namedItem(first)?.focus?.();
      return;
    }
    if (rememberField) remember(rememberField, body[rememberField] ?? "");
    if (data.next) {
      remember("next", "");
      window.location.assign(data.next);
      return;
    }
    patch(name, { busy: false, done: true });
    form.current?.reset();
    onDone?.();
  };

  const change = (event) => {
    const field = event.target.name;
    const { errors } = forms.get(name) ?? IDLE;
    if (errors[field] || errors.form) {
      const { [field]: _, form: __, ...rest } = errors;
      patch(name, { errors: rest });
    }
    if (field === submitOn && event.target.value.replace(/\D/g, "").length === 6) {
      setTimeout(() => form.current?.requestSubmit(), 0);
    }
  };

  // Before the page's scripts run a press must not load an address with the password in it: a form of the method
  // "dialog" goes nowhere by itself, and keeps what was typed.
  return (
    <form ref={form} method="dialog" onSubmit={submit} onInput={change} noValidate className={className}>
      {children}
    </form>
  );
}

// The address a form before this page remembered: in words, and for password managers.
export function RememberedEmail({ before, otherwise, withField, className }) {
  const [email, setEmail] = useState("");
  useEffect(() => setEmail(recall("email")), []);
  return (
    <span className={className}>
      {email ? (
        <>
          {before} <strong className="font-medium text-ink wrap-anywhere">{email}</strong>
        </>
      ) : (
        otherwise
      )}
      {withField ? <input type="email" autoComplete="username" value={email} readOnly hidden /> : null}
    </span>
  );
}

// Ask for another code; the wait shows as a countdown, so that nobody presses in vain.
export function ResendCode({ action, wait, label, waiting, sent, offline, className }) {
  const [left, setLeft] = useState(wait);
  const [note, setNote] = useState("");
  useEffect(() => {
    if (left <= 0) return undefined;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);

  const press = async () => {
    setNote("");
    const { error } = await call(action, {}, offline);
    setNote(error ? error.message : sent);
    setLeft(error?.details?.retry_after_s ?? wait);
  };

  return (
    <p className="text-13 text-muted">
      <button type="button" onClick={press} disabled={left > 0} className={className}>
        {left > 0 ? `${waiting} ${left} s` : label}
      </button>{" "}
      <span role="status">{note}</span>
    </p>
  );
}
