// What agents found out in the conversation, each value with whether the customer confirmed it.
export function Found({ details, words }) {
  if (!details?.length) return null;
  return (
    <section aria-label={words.FOUND} className="border-t border-line px-4 pt-4 pb-5">
      <h3 className="text-12 font-medium text-muted">{words.FOUND}</h3>
      <dl className="mt-2 flex flex-col gap-1.5">
        {details.map((one) => (
          <div key={one.name} className="flex gap-2 text-13">
            <dt className="w-22 shrink-0 break-words text-muted">{one.label}</dt>
            <dd className="min-w-0 flex-1 break-words text-ink">
              {one.value}
              {one.is_confirmed ? null : <span className="block text-12 text-warning-ink">{words.UNCONFIRMED}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
