// What an email says beside its words: its subject above them, what it quotes below, and why nobody answered it.

export function MailHead({ data }) {
  if (!data.subject) return null;
  return <p className="mb-1 font-medium break-words">{data.subject}</p>;
}

export function Quoted({ text, words }) {
  if (!text) return null;
  return (
    <details className="mt-2">
      <summary className="w-fit cursor-pointer rounded-control text-12 text-muted hover:text-ink">{words.QUOTED}</summary>
      <p className="mt-1 border-l-2 border-line pl-2 text-13 break-words whitespace-pre-wrap text-muted">{text}</p>
    </details>
  );
}
