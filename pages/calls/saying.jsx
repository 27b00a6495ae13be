// Say in a word and a picture what a call is: which way it went, how it stands, how long it took, what came of it.
import Phone from "lucide-react/dist/esm/icons/phone.mjs";
import PhoneForwarded from "lucide-react/dist/esm/icons/phone-forwarded.mjs";
import PhoneIncoming from "lucide-react/dist/esm/icons/phone-incoming.mjs";
import PhoneMissed from "lucide-react/dist/esm/icons/phone-missed.mjs";
import PhoneOff from "lucide-react/dist/esm/icons/phone-off.mjs";
import PhoneOutgoing from "lucide-react/dist/esm/icons/phone-outgoing.mjs";
import Voicemail from "lucide-react/dist/esm/icons/voicemail.mjs";

const LIVE = new Set(["initiated", "ringing", "in_progress"]);
export const isLive = (status) => LIVE.has(status);

// The picture of a call and its tint; what nobody took stands out.
export function picture({ direction, status, disposition, isMissed }) {
  if (status === "in_progress") return [Phone, "text-success-ink"];
  if (isMissed) return [PhoneMissed, "text-danger-ink"];
  if (disposition === "transferred" || disposition === "forwarded") return [PhoneForwarded, "text-channel-call"];
  if (disposition === "voicemail") return [Voicemail, "text-muted"];
  if (["failed", "busy", "canceled", "no_answer", "blocked", "refused", "screened_out"].includes(disposition)) {
    return [PhoneOff, disposition === "failed" ? "text-danger-ink" : "text-muted"];
  }
  return [direction === "inbound" ? PhoneIncoming : PhoneOutgoing, "text-channel-call"];
}

export function titleOf({ direction, isMissed }, words) {
  if (isMissed) return words.MISSED;
  return direction === "inbound" ? words.INBOUND : words.OUTBOUND;
}

export function lasted(seconds, words) {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  if (!minutes) return `${rest} ${words.SECONDS}`;
  return rest ? `${minutes} ${words.MINUTES} ${rest} ${words.SECONDS}` : `${minutes} ${words.MINUTES}`;
}

// A clock that runs: 0:42, 12:05, 1:02:03.
export function running(since, now) {
  const seconds = Math.max(0, Math.floor((now - new Date(since).getTime()) / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export function resultOf({ direction, disposition, agentName }, words) {
  if (!disposition) return "";
  const key = disposition === "answered_by_agent" && direction === "outbound" ? "SPOKEN_BY_AGENT" : disposition.toUpperCase();
  return (words[key] ?? "").replace("{name}", agentName || words.AGENT);
}

// Why it came to that, unless that only says the result again.
export function reasonOf(reason, result) {
  const plain = (text) => text.trim().replace(/[.]$/, "").toLowerCase();
  return reason && !(result && plain(reason).includes(plain(result))) ? reason : "";
}
