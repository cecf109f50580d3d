import { VisuallyHidden } from "@mantine/core";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useText } from "../text";
import classes from "./Days.module.css";

/** Day is what a directory's client did on one day. */
export interface Day {
  date: string;
  requests: number;
  writes: number;
  failures: number;
}

/**
 * Days draws requests by day: those that changed something, those that failed, and
 * the rest. Who can't see it gets a table. Load it lazily: the charts are heavy.
 */
export default function Days({ days, label }: { days: readonly Day[]; label: string }) {
  const { say, locale, number } = useText();
  // Dates are days as the organization counts them, so no zone may move them.
  const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const long = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC" });
  const rows = days.map((d) => ({ ...d, rest: Math.max(d.requests - d.writes - d.failures, 0) }));
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
          <ResponsiveContainer width="100%" height="100%">
            <BarChart
              data={rows}
              accessibilityLayer={false}
              margin={{ top: 4, right: 0, bottom: 0, left: 0 }}
              barCategoryGap="22%"
            >
              <CartesianGrid vertical={false} stroke="var(--line)" />
              <XAxis
                dataKey="date"
                tickFormatter={(date: string) => short.format(new Date(date))}
                tick={{ fill: "var(--faint)" }}
                stroke="var(--line-strong)"
                tickLine={false}
                minTickGap={24}
              />
              <YAxis
                width={44}
                allowDecimals={false}
                tickCount={4}
                tickFormatter={(n: number) =>
                  new Intl.NumberFormat(locale, { notation: "compact" }).format(n)
                }
                tick={{ fill: "var(--faint)" }}
                axisLine={false}
                tickLine={false}
              />
              <Tooltip
                isAnimationActive={false}
                cursor={{ fill: "var(--sunken)" }}
                content={({ active, payload }) => {
                  const day = payload?.[0]?.payload as (typeof rows)[number] | undefined;
                  if (!active || !day) return null;
                  return (
                    <div className={classes.tip}>
                      <strong>{long.format(new Date(day.date))}</strong>
                      {say("days.tip", { writes: day.writes, rest: day.rest, failures: day.failures })}
                    </div>
                  );
                }}
              />
              <Bar dataKey="rest" stackId="a" fill="var(--line-strong)" isAnimationActive={false} />
              <Bar dataKey="writes" stackId="a" fill="var(--accent)" isAnimationActive={false} />
              <Bar dataKey="failures" stackId="a" fill="var(--bad)" isAnimationActive={false} />
            </BarChart>
          </ResponsiveContainer>
        </div>
      </div>
    </figure>
  );
}
