// Naming a teammate in a note: `@` and a few letters offer those they fit.
export function mentionAt(text, cursor) {
  const found = /(^|[\s(])@([\p{L}\p{N}'’ .-]{0,40})$/u.exec(text.slice(0, cursor));
  return found ? { asked: found[2].toLowerCase(), from: cursor - found[2].length - 1 } : null;
}

export const mates = (team, me, asked) =>
  team.filter((mate) => mate.id !== me && mate.name.toLowerCase().startsWith(asked)).slice(0, 8);

// Whom the finished note names.
export const mentionedIn = (text, team) =>
  team.filter((mate) => text.toLowerCase().includes(`@${mate.name.toLowerCase()}`)).map((mate) => mate.id);

export function MateList({ id, found, active, words, onPick }) {
  if (!found.length) return null;
  return (
    <ul
      id={id}
      role="listbox"
      aria-label={words.MENTION}
      className="absolute inset-x-0 bottom-full z-30 mb-1 max-h-60 overflow-y-auto rounded-card bg-raised p-1 shadow-float forced-colors:border"
    >
      {found.map((mate, place) => (
        <li
          key={mate.id}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === active}
          onPointerDown={(event) => {
            event.preventDefault();
            onPick(mate);
          }}
          className={`cursor-pointer rounded-control px-2 py-1.5 text-14 pointer-coarse:py-3 ${place === active ? "bg-hover" : "hover:bg-hover"}`}
        >
          {mate.name}
        </li>
      ))}
    </ul>
  );
}
