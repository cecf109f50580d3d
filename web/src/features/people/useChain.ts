import { useEffect, useState } from "react";
import { useClient } from "urql";
import { once } from "../../lib/client";
import { graphql } from "../../lib/documents";
import type { Node } from "./tree";

const person = graphql(`
  fragment ChartPerson on User @_unmask {
    id
    name
    title
    status
    reportCount
    department {
      id
      name
    }
  }
`);

const chainDocument = graphql(
  `
    query Chain($id: ID!) {
      user(id: $id) {
        ...ChartPerson
        manager {
          ...ChartPerson
          manager {
            ...ChartPerson
            manager {
              ...ChartPerson
              manager {
                id
              }
            }
          }
        }
      }
    }
  `,
  [person],
);

const longest = 100; // levels, should managers lead in a circle

/** useChain is somebody with everybody above them, the topmost first; empty until it is read. */
export function useChain(id: string | undefined): Node[] {
  const client = useClient();
  const [chain, setChain] = useState<Node[]>([]);
  useEffect(() => {
    let gone = false;
    setChain((before) => (before.at(-1)?.id === id ? before : []));
    void (async () => {
      const above: Node[] = [];
      let next = id;
      while (next && above.length < longest) {
        const { data } = await once(
          client.query(chainDocument, { id: next }, { requestPolicy: "network-only" }),
        );
        const first = data?.user;
        const read = [first, first?.manager, first?.manager?.manager, first?.manager?.manager?.manager];
        next = read[3] ? first?.manager?.manager?.manager?.manager?.id : undefined;
        for (const p of read) {
          if (!p) break;
          if (above.some((a) => a.id === p.id)) {
            next = undefined; // a circle
            break;
          }
          above.unshift(p);
        }
      }
      if (!gone && above.length > 0) setChain(above);
    })();
    return () => {
      gone = true;
    };
  }, [client, id]);
  return chain;
}
