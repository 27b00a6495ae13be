// Numbers over time. The line over the plot tells what is under the pointer, or under the mark that arrow keys move.
import { useId, useState } from "react";
import ChartColumn from "lucide-react/dist/esm/icons/chart-column.mjs";
import Table2 from "lucide-react/dist/esm/icons/table-2.mjs";

const FORMATS = {
  count: (value) => new Intl.NumberFormat().format(value),
  money: (value) =>
    new Intl.NumberFormat(undefined, {
      style: "currency",
      currency: "USD",
      maximumFractionDigits: value > 0 && value < 0.1 ? 4 : 2,
    }).format(value),
  seconds: (value) => `${new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(value)} s`,
};

// Local times of the business: read and printed as if they were UTC, so that the reader's own zone moves nothing.
function moment(at, isLong) {
  const date = new Date(`${at}Z`);
  const isHour = at.slice(11, 16) !== "00:00" || isLong === "hour";
  const options = isHour
    ? { hour: "numeric", minute: "2-digit" }
    : { day: "numeric", month: isLong ? "long" : "short", ...(isLong ? { weekday: "long" } : {}) };
  return new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" }).format(date);
}

// The next number that is easy to read as the top of an axis, and in its middle halved.
function topOf(most, isWhole) {
  if (!most) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const steps = isWhole ? [1, 2, 4, 6, 8, 10] : [1, 2, 2.5, 5, 10];
  const found = steps.find((step) => step * power >= most) * power;
  // The middle of an axis of whole things is a whole one too.
  return isWhole ? Math.max(2, found) : found;
}

export function Chart({ title, lead, kind, format, series = [], points = [], words, buttonClass }) {
  const [active, setActive] = useState(-1);
  const [isTable, setTable] = useState(false);
  const id = useId();
  const shown = FORMATS[format] || FORMATS.count;
  const isHourly = points.length > 1 && points[1].at.slice(0, 10) === points[0].at.slice(0, 10);
  const say = (value) => (value === null || value === undefined ? words.none : shown(value));
  const whole = (point) =>
    kind === "lines" ? Math.max(0, ...point.values.map((one) => one ?? 0)) : point.values.reduce((sum, one) => sum + one, 0);
  const top = topOf(Math.max(0, ...points.map(whole)), format === "count");
  const at = active < 0 || active >= points.length ? null : points[active];
  const total = (place) => points.reduce((sum, point) => sum + (point.values[place] ?? 0), 0);
  const name = (point) => moment(point.at, isHourly ? "hour" : true);
  const spoken = (point) =>
    `${name(point)}: ${series.map((one, place) => `${one.name} ${say(point.values[place])}`).join(", ")}`;

  const move = (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -7, PageUp: 7 };
    let next = null;
    if (event.key in steps) next = Math.min(points.length - 1, Math.max(0, (active < 0 ? points.length - 1 : active) + steps[event.key]));
    if (event.key === "Home") next = 0;
    if (event.key === "End") next = points.length - 1;
    if (event.key === "Escape") next = -1;
    if (next === null) return;
    event.preventDefault();
    setActive(next);
  };

  const Icon = isTable ? ChartColumn : Table2;
  const other = isTable ? words.as_chart : words.as_table;
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col rounded-card border border-line bg-canvas p-4">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h3 id={id} className="text-14 font-semibold">
            {title}
          </h3>
          {lead ? <p className="text-13 text-pretty text-muted">{lead}</p> : null}
        </div>
        <button
          type="button"
          onClick={() => setTable(!isTable)}
          aria-pressed={isTable}
          aria-label={`${other}: ${title}`}
          title={other}
          className={buttonClass}
        >
          <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
        </button>
      </div>
      <div className="mt-2 flex min-h-10 flex-wrap content-start gap-x-4 gap-y-0.5 text-12">
        <span className="tabular w-full text-faint">{at ? name(at) : words.whole}</span>
        {series.map((one, place) => (
          <span key={one.name} className="inline-flex items-center gap-1.5 text-muted">
            <span
              aria-hidden="true"
              className="size-2 shrink-0 rounded-full forced-color-adjust-none"
              style={{ background: `var(--${one.tone})` }}
            />
            {one.name}
            <span className="tabular font-medium text-ink">
              {at ? say(at.values[place]) : kind === "lines" ? "" : shown(total(place))}
            </span>
          </span>
        ))}
      </div>
      {isTable ? (
        <Twin title={title} series={series} points={points} name={name} say={say} words={words} />
      ) : (
        <div className="mt-2 flex gap-2">
          <div
            className="tabular flex h-36 flex-col justify-between text-right text-12 leading-none text-faint"
            aria-hidden="true"
          >
            {[top, top / 2, 0].map((value) => (
              <span key={value}>{shown(value)}</span>
            ))}
          </div>
          <div className="min-w-0 flex-1">
            <div
              role="slider"
              tabIndex={0}
              aria-label={title}
              aria-orientation="horizontal"
              aria-valuemin={0}
              aria-valuemax={Math.max(0, points.length - 1)}
              aria-valuenow={active < 0 ? Math.max(0, points.length - 1) : active}
              aria-valuetext={at ? spoken(at) : words.keys}
              onKeyDown={move}
              onBlur={() => setActive(-1)}
              // A finger leaves with every tap; what it tapped stays until it taps elsewhere.
              onPointerLeave={(event) => event.pointerType === "mouse" && setActive(-1)}
              className="relative flex h-36 rounded-control outline-offset-4"
            >
              {[0, 50, 100].map((place) => (
                <span
                  key={place}
                  aria-hidden="true"
                  className="pointer-events-none absolute inset-x-0 border-t border-line"
                  style={{ top: `${place}%` }}
                />
              ))}
              {kind === "lines" ? <Lines series={series} points={points} top={top} /> : null}
              {points.map((point, place) => (
                // By place: on the day the clocks go back an hour has the same name twice.
                <div
                  key={place}
                  onPointerEnter={() => setActive(place)}
                  onPointerDown={() => setActive(place)}
                  className={`relative flex min-w-0 flex-1 flex-col-reverse ${place === active ? "bg-hover" : ""}`}
                >
                  {kind === "lines"
                    ? null
                    : point.values.map((value, which) => (
                        <span
                          key={series[which]?.name}
                          className="mx-auto block w-4/5 max-w-8 border-t border-canvas first:rounded-none last:rounded-t-[2px] forced-color-adjust-none"
                          style={{
                            height: `${(value / top) * 100}%`,
                            background: `var(--${series[which]?.tone})`,
                            borderTopWidth: which && value ? 1 : 0,
                          }}
                        />
                      ))}
                </div>
              ))}
            </div>
            <div className="tabular mt-1.5 flex justify-between text-12 text-faint" aria-hidden="true">
              {[0, Math.floor((points.length - 1) / 2), points.length - 1]
                .filter((place, index, all) => place >= 0 && all.indexOf(place) === index)
                .map((place) => (
                  <span key={place}>{moment(points[place].at, isHourly ? "hour" : false)}</span>
                ))}
            </div>
          </div>
        </div>
      )}
    </section>
  );
}

function Lines({ series, points, top }) {
  const width = Math.max(1, points.length);
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${width} 100`}
      preserveAspectRatio="none"
      className="pointer-events-none absolute inset-0 z-10 size-full overflow-visible forced-color-adjust-none"
    >
      {series.map((one, which) => {
        let path = "";
        let isDrawing = false;
        points.forEach((point, place) => {
          const value = point.values[which];
          if (value === null || value === undefined) {
            isDrawing = false;
            return;
          }
          const before = points[place - 1]?.values[which] ?? null;
          const after = points[place + 1]?.values[which] ?? null;
          const y = 100 - (value / top) * 100;
          // A single value has no line to either side, so it gets a dash of its own.
          if (before === null && after === null) path += `M${place + 0.3} ${y}H${place + 0.7}`;
          else path += `${isDrawing ? "L" : "M"}${place + 0.5} ${y}`;
          isDrawing = true;
        });
        return (
          <path
            key={one.name}
            d={path}
            fill="none"
            stroke={`var(--${one.tone})`}
            strokeWidth={2}
            strokeDasharray={which ? "4 3" : undefined}
            strokeLinejoin="round"
            vectorEffect="non-scaling-stroke"
          />
        );
      })}
    </svg>
  );
}

function Twin({ title, series, points, name, say, words }) {
  const cell = "border-b border-line px-2 py-1.5 ";
  return (
    <div role="region" aria-label={`${words.values}: ${title}`} tabIndex={0} className="mt-2 h-40 overflow-auto rounded-control border border-line">
      <table className="w-full border-separate border-spacing-0 text-13">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr>
            {[words.when, ...series.map((one) => one.name)].map((text, place) => (
              <th
                key={text}
                scope="col"
                className={`${cell} sticky top-0 bg-canvas text-12 font-medium text-muted ${place ? "text-right" : "text-left"}`}
              >
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...points].reverse().map((point, place) => (
            <tr key={points.length - place}>
              <th scope="row" className={`${cell} text-left font-normal whitespace-nowrap`}>
                {name(point)}
              </th>
              {point.values.map((value, which) => (
                <td key={series[which]?.name} className={`${cell} tabular text-right`}>
                  {say(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
