// A few pictures people text with, as the device draws them. The rest the device's own keyboard has.
import { useState } from "react";
import Smile from "lucide-react/dist/esm/icons/smile.mjs";
import { Popover, PopoverBody, PopoverTrigger } from "$/public/external/pages/components/popover/popover.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const SETS = [
  ["SMILEYS", "😀 😄 😅 😂 🙂 😉 😊 😍 😘 😎 🤔 😬 😴 😢 😭 😡"],
  ["HANDS", "👍 👎 👌 🙏 👏 🙌 🤝 💪 👋 ✌️ 🤞 ☝️ 👉 ✍️ ✅ ❌"],
  ["HEARTS", "❤️ 🧡 💛 💚 💙 💜 💯 ⭐ 🎉 🎂 🎁 🌟 🔥 ☀️ 🌈 🌹"],
  ["THINGS", "📞 📱 ✉️ 📅 ⏰ 📍 🏠 🚗 🔧 💳 💵 📦 📎 🔑 ⚠️ ❓"],
].map(([name, all]) => [name, all.split(" ")]);

export function EmojiPicker({ words, className, onPick }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger label={words.EMOJI} className={className}>
        <Icon as={Smile} />
      </PopoverTrigger>
      <PopoverBody align="start" label={words.EMOJI} className="w-76 p-2">
        {SETS.map(([name, all]) => (
          <section key={name} aria-label={words[name]}>
            <h3 className="px-1 pt-1 text-12 text-muted">{words[name]}</h3>
            <div className="grid grid-cols-8">
              {all.map((one) => (
                <button
                  key={one}
                  type="button"
                  onClick={() => {
                    setOpen(false);
                    onPick(one);
                  }}
                  className="inline-flex size-8 items-center justify-center rounded-control text-20 hover:bg-hover pointer-coarse:h-11"
                >
                  {one}
                </button>
              ))}
            </div>
          </section>
        ))}
      </PopoverBody>
    </Popover>
  );
}
