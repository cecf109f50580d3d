import { useText } from "../../../text";
import classes from "./Picture.module.css";
import type { Screen } from "./screens";

const width = 640;
/** buttonOf is how wide a button is with some text on it. */
const buttonOf = (label: string) => Math.max(168, label.length * 7 + 24);
const side = 168;
const row = 28;

/** Picture draws where on a provider's page something goes: its menu, its fields, and numbers in the order of the steps. */
export function Picture({ screen, values }: { screen: Screen; values: Record<string, string> }) {
  const { say } = useText();
  const top = 44;
  let y = top + 28;
  const rows = screen.rows.map((r) => {
    const at = y;
    y += r.form === "field" ? 62 : r.form === "button" ? 48 : row;
    return { ...r, at };
  });
  const height = Math.max(y + 8, top + screen.menu.length * row + 20);
  const left = side + 24;
  return (
    <figure className={classes.picture}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={screen.alt}>
        <rect x="0.5" y="0.5" width={width - 1} height={height - 1} rx="6" className={classes.frame} />
        <path d={`M1 ${top}H${side}V${height - 1}H7a6 6 0 0 1-6-6z`} className={classes.side} />
        <line x1="0" x2={width} y1={top} y2={top} className={classes.rule} />
        <text x="16" y="27" className={classes.faint}>
          {screen.path}
        </text>
        {screen.menu.map((item, i) => {
          const at = top + 12 + i * row;
          const active = item === screen.active;
          return (
            <g key={item}>
              {active && (
                <rect x="8" y={at} width={side - 16} height={row - 2} rx="4" className={classes.active} />
              )}
              <text x="18" y={at + 18} className={active ? classes.activeText : classes.faint}>
                {item}
              </text>
            </g>
          );
        })}
        {rows.map((r) => (
          <g key={r.label}>
            {r.form === "title" && (
              <text x={left} y={r.at} className={classes.strong}>
                {r.label}
              </text>
            )}
            {r.form === "choice" && (
              <>
                <circle cx={left + 7} cy={r.at - 5} r="6.5" className={r.on ? classes.wanted : classes.box} />
                {r.on && <circle cx={left + 7} cy={r.at - 5} r="3.5" className={classes.badge} />}
                <text x={left + 22} y={r.at} className={r.on ? classes.text : classes.faint}>
                  {r.label}
                </text>
              </>
            )}
            {r.form === "field" && (
              <>
                <text x={left} y={r.at} className={classes.text}>
                  {r.label}
                </text>
                <rect
                  x={left}
                  y={r.at + 8}
                  width={width - left - 56}
                  height="28"
                  rx="4"
                  className={r.mark ? classes.wanted : classes.box}
                />
                <text x={left + 10} y={r.at + 26} className={classes.mono}>
                  {shortened(values[r.value ?? ""] ?? r.value ?? "")}
                </text>
              </>
            )}
            {r.form === "button" && (
              <>
                <rect
                  x={left}
                  y={r.at - 10}
                  width={buttonOf(r.label)}
                  height="30"
                  rx="4"
                  className={classes.wanted}
                />
                <text
                  x={left + buttonOf(r.label) / 2}
                  y={r.at + 10}
                  textAnchor="middle"
                  className={classes.text}
                >
                  {r.label}
                </text>
              </>
            )}
            {r.mark && (
              <Badge n={r.mark} y={r.form === "field" ? r.at + 22 : r.at + (r.form === "button" ? 5 : -5)} />
            )}
          </g>
        ))}
      </svg>
      <figcaption>{say("setup.picture")}</figcaption>
    </figure>
  );
}

function Badge({ n, y }: { n: number; y: number }) {
  return (
    <>
      <circle cx={width - 32} cy={y} r="10" className={classes.badge} />
      <text x={width - 32} y={y + 4} textAnchor="middle" className={classes.badgeText}>
        {n}
      </text>
    </>
  );
}

const longest = 48;

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
