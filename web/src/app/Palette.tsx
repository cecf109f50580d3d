import "@mantine/spotlight/styles.layer.css";
import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../lib/documents";
import { useText } from "../text";
import { pages } from "./pages";
import { useMay } from "./session";
import { signOut } from "./signout";

const findDocument = graphql(`
  query Find($text: String!, $users: Boolean!, $groups: Boolean!, $departments: Boolean!) {
    users(search: $text, first: 6) @include(if: $users) {
      nodes {
        id
        name
        userName
      }
    }
    groups(search: $text, first: 4) @include(if: $groups) {
      nodes {
        id
        displayName
      }
    }
    departments(search: $text, first: 4) @include(if: $departments) {
      nodes {
        id
        name
      }
    }
  }
`);

const [store, palette] = createSpotlight();
const reference = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const refusal = /^[A-Z2-7]{8}$/i;

/** Palette jumps to a page, a person, a group, a department or a log row, or does something, by its name. */
export default function Palette({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { say } = useText();
  const may = useMay();
  const navigate = useNavigate();
  const scheme = useMantineColorScheme();
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 150);
  const [{ data }] = useQuery({
    query: findDocument,
    variables: {
      text: asked,
      users: may("users:read"),
      groups: may("groups:read"),
      departments: may("departments:read"),
    },
    pause: asked.length < 2,
  });
  useEffect(() => {
    if (opened) palette.open();
  }, [opened]);

  const groups = useMemo(() => {
    const go = (to: string) => () => void navigate({ to });
    const has = (label: string) => label.toLowerCase().includes(text.trim().toLowerCase());
    const found = asked.length >= 2 ? data : undefined;
    return [
      {
        group: say("palette.log"),
        actions: reference.test(asked) ? [{ id: asked, label: asked, onClick: go(`/log/${asked}`) }] : [],
      },
      {
        group: say("palette.people"),
        actions: (found?.users?.nodes ?? []).map((u) => ({
          id: u.id,
          label: u.name,
          description: u.userName,
          onClick: go(`/people/${u.id}`),
        })),
      },
      {
        group: say("palette.groups"),
        actions: (found?.groups?.nodes ?? []).map((g) => ({
          id: g.id,
          label: g.displayName,
          onClick: go(`/groups/${g.id}`),
        })),
      },
      {
        group: say("palette.departments"),
        actions: (found?.departments?.nodes ?? []).map((d) => ({
          id: d.id,
          label: d.name,
          onClick: go(`/departments/${d.id}`),
        })),
      },
      // Behind people and groups: a name can be as long as a reference.
      {
        group: say("palette.refusal"),
        actions:
          refusal.test(asked) && may("events:read")
            ? [
                {
                  id: asked,
                  label: asked.toUpperCase(),
                  onClick: go(`/audit?reference=${asked.toUpperCase()}`),
                },
              ]
            : [],
      },
      {
        group: say("palette.pages"),
        actions: pages
          .filter((p) => may(p.scope) && has(say(p.text)))
          .map((p) => ({
            id: p.to,
            label: say(p.text),
            leftSection: <p.icon size={16} />,
            onClick: go(p.to),
          })),
      },
      {
        group: say("palette.actions"),
        actions: [
          { id: "light", label: say("palette.light"), onClick: () => scheme.setColorScheme("light") },
          { id: "dark", label: say("palette.dark"), onClick: () => scheme.setColorScheme("dark") },
          { id: "auto", label: say("palette.system"), onClick: () => scheme.setColorScheme("auto") },
          { id: "out", label: say("palette.signOut"), onClick: signOut },
        ].filter((a) => has(a.label)),
      },
    ].filter((g) => g.actions.length > 0);
  }, [asked, text, data, may, navigate, say, scheme]);

  return (
    <Spotlight
      store={store}
      actions={groups}
      query={text}
      onQueryChange={setText}
      filter={(_, actions) => actions} // the server has searched, and the rest is filtered above
      nothingFound={say("palette.nothing")}
      onSpotlightClose={onClose}
      shortcut={null}
      scrollable
      maxHeight={420}
      clearQueryOnClose
      overlayProps={{ blur: 0, backgroundOpacity: 0.6 }}
      attributes={{ content: { "aria-label": say("palette.open") } }}
      searchProps={{
        leftSection: <IconSearch size={16} />,
        placeholder: say("palette.placeholder"),
        maxLength: 200, // what a search takes
        "aria-label": say("palette.open"),
      }}
    />
  );
}
