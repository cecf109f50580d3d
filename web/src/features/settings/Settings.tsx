import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { Page } from "../../ui/Page";
import { OrganizationForm } from "./OrganizationForm";
import { organizationDocument } from "./organization";
import { Roles } from "./Roles";

/** Settings are those of the organization, and who administers it. */
export function Settings() {
  const { say } = useText();
  const may = useMay();
  const [answer, ask] = useQuery({ query: organizationDocument });
  return (
    <Page title={say("settings.title")}>
      <Loaded
        answer={answer}
        retry={() => ask({ requestPolicy: "network-only" })}
        skeleton={
          <Stack gap="lg" maw="40rem">
            {[1, 2, 3, 4, 5, 6].map((i) => (
              <Skeleton key={i} height={36} />
            ))}
          </Stack>
        }
      >
        {({ organization }) =>
          organization && <OrganizationForm key={organization.id} organization={organization} />
        }
      </Loaded>
      {may("users:read") && <Roles />}
    </Page>
  );
}
