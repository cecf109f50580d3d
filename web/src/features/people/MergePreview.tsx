import { useText } from "../../text";
import classes from "./Duplicates.module.css";
import { type Outcome, outcomes, type Party } from "./merge";

/** MergePreview sets both people side by side, field by field: what stays, what is taken over, what is lost. */
export function MergePreview({ keep, remove }: { keep: Party; remove: Party }) {
  const { say } = useText();
  const shown = (o: Outcome, value: string | null) =>
    o.field === "role" && value ? say(`role.${value}` as "role.OWNER") : (value ?? "–");
  return (
    <table className={classes.preview}>
      <thead>
        <tr>
          <th scope="col">{say("people.field")}</th>
          <th scope="col">{say("people.merge.stays")}</th>
          <th scope="col">{say("people.merge.goes")}</th>
        </tr>
      </thead>
      <tbody>
        {outcomes(keep, remove).map((o) => (
          <tr key={o.field}>
            <th scope="row">{say(`people.column.${o.field}`)}</th>
            <td dir="auto" data-taken={o.taken === "keep" || undefined}>
              {shown(o, o.keep)}
            </td>
            <td
              dir="auto"
              data-taken={o.taken === "remove" || undefined}
              data-lost={(o.taken === "keep" && o.remove !== null && o.remove !== o.keep) || undefined}
            >
              {shown(o, o.remove)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
