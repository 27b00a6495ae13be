// The person's appointments, the latest first, each with when it is where it takes place.
export function Booked({ bookings, words }) {
  if (!bookings?.length) return null;
  return (
    <section aria-label={words.APPOINTMENTS} className="border-t border-line px-4 pt-4 pb-5">
      <h3 className="text-12 font-medium text-muted">{words.APPOINTMENTS}</h3>
      <ul className="mt-2 flex flex-col gap-2">
        {bookings.map((one) => {
          const gone = one.status === "cancelled" || one.status === "rejected";
          return (
            <li key={one.id} className="text-13">
              <p className={`break-words ${gone ? "text-muted line-through" : "text-ink"}`}>{one.title}</p>
              <p className="text-12 text-muted">
                {one.when} ({one.timezone})
              </p>
              {gone ? <p className="text-12 text-muted">{words.APPOINTMENT_CANCELLED}</p> : null}
              {one.status === "pending" ? <p className="text-12 text-warning-ink">{words.APPOINTMENT_PENDING}</p> : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
