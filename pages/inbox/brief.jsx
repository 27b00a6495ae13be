// Handing back to the agent, with a word on what it should know or do next.
import { useState } from "react";
import * as Radix from "@radix-ui/react-dialog";
import { Dialog, DialogBody } from "$/public/external/pages/components/dialog/dialog.jsx";
import { PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";

export function Brief({ open, words, onOpen, onHandBack }) {
  const [text, setText] = useState("");
  const done = (event) => {
    event.preventDefault();
    onHandBack(text.trim());
    setText("");
    onOpen(false);
  };
  return (
    <Dialog open={open} onOpenChange={onOpen} title={words.HAND_BACK} description={words.BRIEF_HINT} size="sm" closeLabel={words.CANCEL}>
      <DialogBody>
        <form onSubmit={done} className="flex flex-col gap-3 overflow-y-auto px-5 pb-5">
          <label className="flex flex-col gap-1 text-13 font-medium">
            {words.BRIEF}
            <textarea
              autoFocus
              value={text}
              rows={3}
              maxLength={1000}
              placeholder={words.BRIEF_EXAMPLE}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => event.key === "Enter" && (event.metaKey || event.ctrlKey) && done(event)}
              className="w-full resize-none rounded-control border border-control bg-canvas px-3 py-2 text-14 font-normal text-ink pointer-coarse:text-16"
            />
          </label>
          <div className="flex justify-end gap-2">
            <Radix.Close type="button" className={`${SECONDARY} h-8`}>
              {words.CANCEL}
            </Radix.Close>
            <button type="submit" className={`${PRIMARY} h-8`}>
              {text.trim() ? words.HAND_BACK_BRIEFED : words.HAND_BACK}
            </button>
          </div>
        </form>
      </DialogBody>
    </Dialog>
  );
}
