// What somebody said, in the language the team of their agent reads; nothing where it was said in that language.
const named = (code) => new Intl.DisplayNames(["en"], { type: "language" }).of(code);

export function Translated({ text, language, words }) {
  if (!text || !language) return null;
  return (
    <p className="mt-1 break-words whitespace-pre-wrap text-13 text-muted">
      <span className="font-medium">{words.IN_LANGUAGE.replace("{language}", named(language))}</span>{" "}
      <span lang={language}>{text}</span>
    </p>
  );
}
