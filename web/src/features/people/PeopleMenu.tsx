import { Button } from "@mantine/core";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { useText } from "../../text";

/** PeopleMenu is what can be done with the list as a whole. */
export function PeopleMenu() {
  const { say } = useText();
  const may = useMay();
  const [, change] = useAddress();
  return (
    <>
      <Button variant="default" onClick={() => change({ do: "export" })}>
        {say("export.open")}
      </Button>
      {may("users:write") && (
        <>
          <Button variant="default" onClick={() => change({ do: "import" })}>
            {say("people.import")}
          </Button>
          <Button onClick={() => change({ do: "new" })}>{say("people.new")}</Button>
        </>
      )}
    </>
  );
}
