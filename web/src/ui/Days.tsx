import { VisuallyHidden } from "@mantine/core";
import { useText } from "../text";
import classes from "./Days.module.css";

const parts = ["failures", "writes", "rest"] as const; // from the top

/** Day is what a directory's client did on one day. */
export interface Day {
  date: string;
  requests: number;
  writes: number;
  failures: number;
}

/**
 * Days draws requests by day: those that changed something, those that failed, and
 * the rest. Who can't see it gets a table.
 */
export function Days({ days, label }: { days: readonly Day[]; label: string }) {
  const { say, locale, number } = useText();
  // Dates are days as the organization counts them, so no zone may move them.
  const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const long = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" });
  const rows = days.map((d) => ({ ...d, rest: Math.max(d.requests - d.writes - d.failures, 0) }));
  const compact = new Intl.NumberFormat(locale, { notation: "compact" });
  const top = roundUp(Math.max(...rows.map((d) => d.rest + d.writes + d.failures)));
  return (
    <figure className={classes.days}>
      <VisuallyHidden>
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <th scope="col">{say("days.day")}</th>
              <th scope="col">{say("days.writes")}</th>
              <th scope="col">{say("days.rest")}</th>
              <th scope="col">{say("days.failures")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((d) => (
              <tr key={d.date}>
                <th scope="row">{long.format(new Date(d.date))}</th>
                <td>{number(d.writes)}</td>
                <td>{number(d.rest)}</td>
                <td>{number(d.failures)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
      <div aria-hidden>
        <div className={classes.legend}>
          <span data-of="writes">{say("days.writes")}</span>
          <span data-of="rest">{say("days.rest")}</span>
          <span data-of="failures">{say("days.failures")}</span>
        </div>
        <div className={classes.chart}>
          {[0, 1, 2].map((i) => (
            <div key={i} className={classes.line} style={{ top: `${(1 - i / 2) * (140 - 20)}px` }}>
              <span>{compact.format((top / 2) * i)}</span>
            </div>
          ))}
          {rows.map((d) => (
            <div key={d.date} className={classes.day}>
              {parts.map(
                (part) =>
                  d[part] > 0 && (
                    <div
                      key={part}
                      className={classes.bar}
                      data-of={part}
                      style={{ height: `${(d[part] / top) * 100}%` }}
                    />
                  ),
              )}
              <span className={classes.date}>{short.format(new Date(d.date))}</span>
              <div className={classes.tip}>
                <strong>{long.format(new Date(d.date))}</strong>
                {say("days.tip", { writes: d.writes, rest: d.rest, failures: d.failures })}
              </div>
            </div>
          ))}
        </div>
      </div>
    </figure>
  );
}

/** roundUp is the end of an axis: the next of 2, 4, 10, 20, 40, 100 and so on. */
export function roundUp(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [2, 4, 10].map((n) => n * power).find((n) => n >= most) ?? 2;
}
