import { Anchor, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { graphql, type ResultOf } from "../../lib/documents";
import { usePages } from "../../lib/pages";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import classes from "./Duplicates.module.css";
import { MergeDialog } from "./MergeDialog";

const party = graphql(`
  fragment DuplicateParty on User @_unmask {
    id
    name
    userName
    email
    employeeNumber
    title
    status
    createdAt
    connection {
      id
      name
    }
    department {
      id
      name
    }
  }
`);

const duplicatesDocument = graphql(
  `
    query Duplicates($first: Int!, $after: String) {
      likelyDuplicates(first: $first, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          user {
            ...DuplicateParty
          }
          twins {
            reasons
            user {
              ...DuplicateParty
            }
          }
        }
      }
    }
  `,
  [party],
);

type Someone = ResultOf<typeof party>;

/** Duplicates shows people who are likely one, side by side, and merges them. */
export function Duplicates() {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const [answer, again] = useQuery({
    query: duplicatesDocument,
    variables: { first: 20, after: address.after ?? null },
  });
  const pages = usePages(answer.data?.likelyDuplicates.pageInfo);
  const [one, other] = address.merge?.split(".") ?? [];
  return (
    <Page
      title={say("people.duplicates")}
      about={say("people.duplicates.about")}
      back={{ to: "/people", label: say("people.title") }}
    >
      <Loaded
        answer={answer}
        retry={() => again({ requestPolicy: "network-only" })}
        skeleton={
          <Stack aria-busy>
            {[0, 1, 2].map((i) => (
              <Skeleton key={i} height={120} />
            ))}
          </Stack>
        }
      >
        {({ likelyDuplicates: found }) =>
          found.nodes.length === 0 ? (
            <Notice title={say("people.duplicates.none")} text={say("people.duplicates.noneText")} />
          ) : (
            <>
              <ul className={classes.list}>
                {found.nodes.flatMap((n) =>
                  n.twins.map((t) => (
                    <li key={`${n.user.id} ${t.user.id}`} className={classes.pair}>
                      <Group justify="space-between" gap="xs" mb="xs">
                        <Text fw={500}>{t.reasons.map((r) => say(`people.duplicates.${r}`)).join(", ")}</Text>
                        {may("users:write") && (
                          <Button
                            size="xs"
                            variant="default"
                            onClick={() => change({ merge: `${n.user.id}.${t.user.id}` })}
                          >
                            {say("people.duplicates.merge")}
                          </Button>
                        )}
                      </Group>
                      <div className={classes.sides}>
                        <Beside person={n.user} other={t.user} />
                        <Beside person={t.user} other={n.user} />
                      </div>
                    </li>
                  )),
                )}
              </ul>
              <Pager total={found.totalCount} {...pages} />
            </>
          )
        }
      </Loaded>
      {one && other && may("users:write") && (
        <MergeDialog
          key={address.merge}
          ids={[one, other]}
          onClose={(merged) => {
            change({ merge: undefined });
            if (merged) again({ requestPolicy: "network-only" });
          }}
        />
      )}
    </Page>
  );
}

/** Beside is one of the two; what both have is marked. */
function Beside({ person, other }: { person: Someone; other: Someone }) {
  const { say } = useText();
  const same = (a: string | null | undefined, b: string | null | undefined) =>
    a && b && a.toLowerCase() === b.toLowerCase() ? true : undefined;
  const lines = [
    { name: say("people.column.userName"), value: person.userName, same: same(person.userName, other.email) },
    {
      name: say("people.column.email"),
      value: person.email,
      same: same(person.email, other.email ?? other.userName),
    },
    {
      name: say("people.column.employeeNumber"),
      value: person.employeeNumber,
      same: same(person.employeeNumber, other.employeeNumber),
    },
    {
      name: say("people.column.department"),
      value: person.department?.name,
      same: same(person.department?.name, other.department?.name),
    },
    { name: say("people.column.title"), value: person.title, same: same(person.title, other.title) },
  ];
  return (
    <div className={classes.side}>
      <Anchor
        component={Link}
        to={`/people/${person.id}`}
        fw={500}
        dir="auto"
        data-same={same(person.name, other.name)}
      >
        {person.name}
      </Anchor>
      <Text size="xs" c="var(--faint)">
        {person.connection
          ? say("people.from", { connection: person.connection.name })
          : say("people.localLong")}
        {person.status !== "ACTIVE" && ` · ${say(`people.status.${person.status}`)}`}
      </Text>
      <dl>
        {lines
          .filter((l) => l.value)
          .map((l) => (
            <div key={l.name}>
              <dt>{l.name}</dt>
              <dd dir="auto" data-same={l.same}>
                {l.value}
              </dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
