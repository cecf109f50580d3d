import { Anchor, Button, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useText } from "../../text";
import { DataTable } from "../../ui/DataTable";
import { Status } from "../../ui/Status";

/** ImportRow is what becomes of a line of the file. */
export interface ImportRow {
  line: number;
  userName: string | null;
  action: "CREATE" | "UPDATE" | "UNCHANGED" | "CONFLICT";
  problems: string[];
  userId: string | null;
}

const tones = { CREATE: "good", UPDATE: "good", UNCHANGED: "quiet", CONFLICT: "bad" } as const;
const some = 100;

/** ImportRows lists what becomes of each line, what can't be taken over in front. */
export function ImportRows({ rows }: { rows: readonly ImportRow[] }) {
  const { say } = useText();
  const [shown, setShown] = useState(some);
  const sorted = rows.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line);
  return (
    <>
      <DataTable
        label={say("people.import.rows")}
        rows={sorted.slice(0, shown)}
        id={(r) => String(r.line)}
        columns={[
          {
            key: "name",
            title: say("people.column.userName"),
            cell: (r) =>
              r.userId ? (
                <Anchor component={Link} to={`/people/${r.userId}`}>
                  {r.userName}
                </Anchor>
              ) : (
                r.userName
              ),
          },
          {
            key: "line",
            title: say("people.import.line"),
            numeric: true,
            width: "4.5rem",
            cell: (r) => r.line,
          },
          {
            key: "action",
            title: say("people.import.action"),
            width: "11rem",
            cell: (r) => <Status tone={tones[r.action]}>{say(`people.import.${r.action}`)}</Status>,
          },
          {
            key: "why",
            title: say("people.import.why"),
            cell: (r) => r.problems.map((p) => <Text key={p}>{p}</Text>),
          },
        ]}
      />
      {shown < rows.length && (
        <Button variant="default" onClick={() => setShown((n) => n + some)}>
          {say("list.more")}
        </Button>
      )}
    </>
  );
}

/** rank puts first what somebody must look at, and last what changes nothing. */
function rank(row: ImportRow): number {
  return row.action === "CONFLICT" ? 0 : row.action === "UNCHANGED" ? 2 : 1;
}
