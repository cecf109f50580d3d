import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useText } from "../../../text";
import { type Column, DataTable } from "../../../ui/DataTable";
import { Section } from "../../../ui/Page";
import { Status } from "../../../ui/Status";
import { asCsv, entraMapping, type Mapped } from "./mapping";

/** Mapping is the table to compare Entra's with, and the same as a file. */
export function Mapping() {
  const { say } = useText();
  const columns: Column<Mapped>[] = [
    { key: "source", title: say("setup.mapping.source"), cell: (m) => <code>{m.source}</code> },
    { key: "target", title: say("setup.mapping.target"), cell: (m) => <code>{m.target}</code> },
    {
      key: "note",
      title: say("setup.mapping.note"),
      cell: (m) => m.changed && <Status tone="warn">{say("setup.mapping.changed")}</Status>,
    },
  ];
  function download() {
    const rows = [
      [say("setup.mapping.source"), say("setup.mapping.target")],
      ...entraMapping.map((m) => [m.source, m.target]),
    ];
    const address = URL.createObjectURL(new Blob([asCsv(rows)], { type: "text/csv;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = "entra-mapping.csv";
    link.click();
    URL.revokeObjectURL(address);
  }
  return (
    <Section
      title={say("setup.mapping.title")}
      about={say("setup.mapping.about")}
      actions={
        <Button variant="default" size="xs" leftSection={<IconDownload size={14} />} onClick={download}>
          {say("setup.mapping.csv")}
        </Button>
      }
    >
      <DataTable
        label={say("setup.mapping.title")}
        columns={columns}
        rows={entraMapping}
        id={(m) => m.target}
      />
    </Section>
  );
}
