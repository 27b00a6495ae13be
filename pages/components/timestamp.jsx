// A time in words. One clock serves every timestamp of the page, so hundreds of them cost one timer.
import { useSyncExternalStore } from "react";

const TICK_MS = 30_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const listeners = new Set();
let now = 0;
let timer;
const tick = () => {
  now = Date.now();
  listeners.forEach((listener) => listener());
};
function subscribe(listener) {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (!listeners.size) {
      clearInterval(timer);
      timer = undefined;
      now = 0;
    }
  };
}
const read = () => (now ||= Date.now());
// The prerendered page knows neither the hour nor the reader's zone.
const readOnServer = () => 0;

const formats = new Map();
function format(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(undefined, options));
  return formats.get(key);
}
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

function relative(date, current, props) {
  const age = current - date.getTime();
  // The shared clock lags by up to a tick, and a server's by a little: what just happened is "now", not a date.
  if (age > -MINUTE && age < MINUTE) return "";
  if (age >= 0 && age < HOUR) return `${Math.floor(age / MINUTE)}${props.minutes}`;
  if (age >= 0 && age < DAY) return `${Math.floor(age / HOUR)}${props.hours}`;
  return null;
}

function words(date, current, props) {
  if (props.format === "clock") return format({ hour: "numeric", minute: "2-digit" }).format(date);
  const days = Math.round((midnight(new Date(current)) - midnight(date)) / DAY);
  const sameYear = date.getFullYear() === new Date(current).getFullYear();
  if (props.format === "day") {
    if (days === 0 || days === 1) {
      const word = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(-days, "day");
      return word.charAt(0).toLocaleUpperCase() + word.slice(1);
    }
    return format({ weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) }).format(date);
  }
  const age = relative(date, current, props);
  if (age === "") return props.nowWord;
  if (age) return props.agoWord ? props.agoWord.replace("{time}", age) : age;
  return format({ day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) }).format(date);
}

export function Timestamp({ at, className, ...props }) {
  const current = useSyncExternalStore(subscribe, read, readOnServer);
  const date = at ? new Date(at) : null;
  if (!date || Number.isNaN(date.getTime())) return null;
  if (!current) return <time dateTime={at} className={className} />;
  const exact = format({ dateStyle: "full", timeStyle: "short" }).format(date);
  return (
    <time dateTime={at} title={exact} className={className}>
      {words(date, current, props)}
    </time>
  );
}
