// Small pictures with a meaning: who speaks, by which channel, who answers, how far a message came.
import Bot from "lucide-react/dist/esm/icons/sparkle.mjs";
import Check from "lucide-react/dist/esm/icons/check.mjs";
import CheckCheck from "lucide-react/dist/esm/icons/check-check.mjs";
import CircleAlert from "lucide-react/dist/esm/icons/circle-alert.mjs";
import Clock from "lucide-react/dist/esm/icons/clock.mjs";
import Hand from "lucide-react/dist/esm/icons/hand.mjs";
import Mail from "lucide-react/dist/esm/icons/mail.mjs";
import MessageCircle from "lucide-react/dist/esm/icons/message-circle.mjs";
import MessageSquareText from "lucide-react/dist/esm/icons/message-square-text.mjs";
import PencilLine from "lucide-react/dist/esm/icons/pencil-line.mjs";
import Phone from "lucide-react/dist/esm/icons/phone.mjs";
import ShieldQuestion from "lucide-react/dist/esm/icons/shield-question-mark.mjs";
import User from "lucide-react/dist/esm/icons/user.mjs";
import UserRound from "lucide-react/dist/esm/icons/user-round.mjs";
import X from "lucide-react/dist/esm/icons/x.mjs";

const LINE = { strokeWidth: 1.75, "aria-hidden": true, focusable: false };

export function Icon({ as: Picture, size = 16, className = "" }) {
  return <Picture size={size} {...LINE} className={`shrink-0 ${className}`} />;
}

const SIZES = { xs: "size-5 text-12 tracking-tighter", sm: "size-6 text-12", md: "size-9 text-13" };

// Initials of a name; a picture of a person when there is no name, as with an unknown number.
export function initials(name) {
  const words = (name ?? "").trim().split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  if (!words.length) return "";
  const last = words.length > 1 ? [...words[words.length - 1]][0] : "";
  return ([...words[0]][0] + last).toUpperCase();
}

export function Avatar({ name, size = "md", on = "bg-selected" }) {
  const letters = initials(name);
  return (
    <span
      aria-hidden="true"
      className={
        "inline-flex shrink-0 select-none items-center justify-center rounded-full font-medium text-muted " +
        `${SIZES[size]} ${on}`
      }
    >
      {letters || <Icon as={UserRound} size={{ xs: 10, sm: 14, md: 18 }[size]} />}
    </span>
  );
}

export function AgentMark({ className = "" }) {
  return (
    <span
      aria-hidden="true"
      className={`inline-flex size-5 shrink-0 items-center justify-center rounded-control bg-accent-soft text-accent-ink ${className}`}
    >
      <Icon as={Bot} size={12} />
    </span>
  );
}

const CHANNELS = {
  sms: [MessageSquareText, "text-channel-text"],
  call: [Phone, "text-channel-call"],
  email: [Mail, "text-channel-email"],
  chat: [MessageCircle, "text-channel-chat"],
};

export function ChannelIcon({ channel, size = 14 }) {
  const [Picture, tint] = CHANNELS[channel] ?? CHANNELS.sms;
  return <Icon as={Picture} size={size} className={tint} />;
}

// Who answers, as one icon and one word.
export const ANSWERING = {
  ai: [Bot, "text-accent-ink"],
  draft: [PencilLine, "text-info-ink"],
  human: [User, "text-muted"],
  needed: [Hand, "text-warning-ink"],
  asks: [ShieldQuestion, "text-warning-ink"],
};

// How far a message of ours came: icon, tint, and the key of its word.
export const DELIVERY = {
  sending: [Clock, "text-faint", "SENDING"],
  queued: [Clock, "text-faint", "QUEUED"],
  sent: [Check, "text-muted", "SENT"],
  delivered: [CheckCheck, "text-success-ink", "DELIVERED"],
  undelivered: [CircleAlert, "text-danger-ink", "FAILED"],
  failed: [CircleAlert, "text-danger-ink", "FAILED"],
  scheduled: [Clock, "text-info-ink", "SCHEDULED"],
  cancelled: [X, "text-faint", "CANCELLED"],
};
export const hasFailed = (status) => status === "failed" || status === "undelivered";
