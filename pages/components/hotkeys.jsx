// One listener for the whole page; each Hotkey adds its combination to it.
import { useEffect, useRef, useSyncExternalStore } from "react";

const SEQUENCE_MS = 1000;
const bindings = new Map();
let first = "";
let firstAt = 0;

const isOff = () => {
  try {
    return localStorage.getItem("hotkeys") === "off";
  } catch {
    return false;
  }
};

function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input") && !["checkbox", "radio", "button", "submit", "range"].includes(target.type);
}
// Focus inside a menu or dialog belongs to it: its own letters and Esc come first.
const hasLayer = () =>
  document.querySelector("[role=dialog][data-state=open], [role=alertdialog][data-state=open], [role=menu]") !== null;

function nameOf(event) {
  const name = event.key === " " ? "space" : event.key.toLowerCase();
  const isLetter = /^\p{L}$/u.test(name);
  return (
    (event.metaKey || event.ctrlKey ? "mod+" : "") +
    (event.shiftKey && (isLetter || name.length > 1) ? "shift+" : "") +
    name
  );
}

function onKeyDown(event) {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  if (["Shift", "Control", "Meta", "Alt"].includes(event.key)) return;
  const name = nameOf(event);
  const hasMod = name.startsWith("mod+");
  const typing = isTyping(event.target);
  const at = performance.now();
  const pair = first && at - firstAt < SEQUENCE_MS ? `${first} ${name}` : "";
  const found = bindings.get(pair)?.at(-1) ?? bindings.get(name)?.at(-1);
  first = "";
  if (hasLayer() || (typing && !(found?.current.whileTyping && hasMod)) || (!hasMod && isOff())) return;
  if (!found) {
    if (!hasMod && [...bindings.keys()].some((keys) => keys.startsWith(`${name} `))) {
      first = name;
      firstAt = at;
    }
    return;
  }
  event.preventDefault();
  found.current.onPress?.();
}

export function Hotkey({ keys, whileTyping, onPress }) {
  const binding = useRef({ whileTyping, onPress });
  useEffect(() => {
    binding.current = { whileTyping, onPress };
  });
  useEffect(() => {
    if (bindings.size === 0) window.addEventListener("keydown", onKeyDown);
    const stack = bindings.get(keys) ?? [];
    stack.push(binding);
    bindings.set(keys, stack);
    return () => {
      stack.splice(stack.indexOf(binding), 1);
      if (!stack.length) bindings.delete(keys);
      if (bindings.size === 0) window.removeEventListener("keydown", onKeyDown);
    };
  }, [keys]);
  return null;
}

function subscribe(notify) {
  window.addEventListener("magpipe:hotkeys", notify);
  return () => window.removeEventListener("magpipe:hotkeys", notify);
}

export function HotkeySwitch({ text, hint }) {
  const off = useSyncExternalStore(subscribe, isOff, () => false);
  const toggle = () => {
    try {
      localStorage.setItem("hotkeys", off ? "on" : "off");
    } catch {
      // Storage is blocked: single keys stay on.
    }
    window.dispatchEvent(new Event("magpipe:hotkeys"));
  };
  return (
    <label className="flex items-start gap-2.5 text-14">
      <input type="checkbox" checked={!off} onChange={toggle} className="mt-0.5 size-4 shrink-0 accent-accent" />
      <span>
        {text}
        <span className="block text-13 text-muted">{hint}</span>
      </span>
    </label>
  );
}
