import { Checkbox, Table, Text } from "@mantine/core";
import { type Key, useText } from "../../text";
import { tokens } from "../../text/en/tokens";
import { thingsOf } from "./token";

/** Scopes chooses what a token may do, out of what is offered. */
export function Scopes(props: {
  offered: readonly string[];
  chosen: ReadonlySet<string>;
  change: (chosen: ReadonlySet<string>) => void;
  problem?: string | undefined;
}) {
  const { say } = useText();
  const called = (name: string) => {
    const key = `tokens.scope.${name}`;
    return key in tokens ? say(key as Key) : name;
  };
  function tick(scope: string, on: boolean) {
    const next = new Set(props.chosen);
    if (on) next.add(scope);
    else next.delete(scope);
    props.change(next);
  }
  return (
    <div>
      <Text size="sm" fw={500}>
        {say("tokens.form.scopes")}
      </Text>
      <Text size="xs" c="var(--faint)">
        {say("tokens.form.scopesHint")}
      </Text>
      {props.problem && (
        <Text size="xs" c="var(--bad)" role="alert">
          {props.problem}
        </Text>
      )}
      <Table verticalSpacing={6} horizontalSpacing={4} mt={4} aria-label={say("tokens.form.scopes")}>
        <Table.Tbody>
          {thingsOf(props.offered).map((t) => (
            <Table.Tr key={t.name}>
              <Table.Th scope="row" fw={400}>
                {called(t.name)}
              </Table.Th>
              {(["read", "write"] as const).map((verb) => {
                const scope = `${t.name}:${verb}`;
                const implied = verb === "read" && props.chosen.has(`${t.name}:write`);
                return (
                  <Table.Td key={verb} w={112}>
                    {t[verb] && (
                      <Checkbox
                        size="xs"
                        label={say(`tokens.form.${verb}`)}
                        aria-label={`${called(t.name)}: ${say(`tokens.form.${verb}`)}`}
                        checked={implied || props.chosen.has(scope)}
                        disabled={implied}
                        onChange={(event) => tick(scope, event.currentTarget.checked)}
                      />
                    )}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
