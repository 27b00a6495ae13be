// Somebody answered while this reply was written: nothing leaves before its writer has seen that.
import * as Radix from "@radix-ui/react-dialog";
import { Dialog, DialogBody } from "$/public/external/pages/components/dialog/dialog.jsx";
import { PRIMARY, SECONDARY } from "$/public/external/pages/inbox/parts/bubble.jsx";

export function Collision({ found, words, onSend, onKeep }) {
  return (
    <Dialog
      open={Boolean(found)}
      onOpenChange={(open) => open || onKeep()}
      title={words.COLLISION.replace("{name}", found?.collision ?? "")}
      description={words.COLLISION_HINT}
      role="alertdialog"
      size="sm"
    >
      <DialogBody>
        <div className="overflow-y-auto px-5 pb-5">
          <blockquote className="rounded-card bg-hover px-3 py-2 text-14 whitespace-pre-wrap break-words">
            {found?.collision_body}
          </blockquote>
          <div className="mt-4 flex flex-wrap justify-end gap-2">
            <Radix.Close type="button" className={`${SECONDARY} h-8`}>
              {words.KEEP_WRITING}
            </Radix.Close>
            <button type="button" className={`${PRIMARY} h-8`} onClick={onSend}>
              {words.SEND_ANYWAY}
            </button>
          </div>
        </div>
      </DialogBody>
    </Dialog>
  );
}
