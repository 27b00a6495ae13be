// End a call that runs, after asking once: whoever is on the line is cut off.
import { useState } from "react";
import * as Radix from "@radix-ui/react-dialog";
import PhoneOff from "lucide-react/dist/esm/icons/phone-off.mjs";
import { Dialog, DialogBody } from "$/public/external/pages/components/dialog/dialog.jsx";
import { PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";
import { Icon } from "$/public/external/pages/inbox/parts/marks.jsx";

const DANGER = PRIMARY.replace("bg-accent text-on-accent hover:bg-accent-hover", "bg-danger text-on-danger hover:bg-danger-hover");

export function HangUp({ callId, words, onHangUp, onGoodbye }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" className={SECONDARY} onClick={() => setAsking(true)}>
        <Icon as={PhoneOff} size={14} className="text-danger-ink" />
        {words.HANG_UP}
      </button>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={words.HANG_UP_TITLE}
        description={words.HANG_UP_BODY}
        size="md"
        closeLabel={words.KEEP}
      >
        <DialogBody>
          <div className="flex flex-col-reverse gap-2 px-5 pb-5 whitespace-nowrap sm:flex-row sm:justify-end">
            <Radix.Close type="button" className={`${SECONDARY} h-8`}>
              {words.KEEP}
            </Radix.Close>
            {onGoodbye ? (
              <button
                type="button"
                className={`${SECONDARY} h-8`}
                onClick={() => {
                  onGoodbye();
                  setAsking(false);
                }}
              >
                {words.GOODBYE}
              </button>
            ) : null}
            <button
              type="button"
              className={`${DANGER} h-8`}
              onClick={() => {
                onHangUp?.(callId);
                setAsking(false);
              }}
            >
              {words.HANG_UP}
            </button>
          </div>
        </DialogBody>
      </Dialog>
    </>
  );
}
