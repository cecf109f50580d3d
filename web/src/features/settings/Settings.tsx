import { Skeleton, Stack } from "@mantine/core";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { Page } from "../../ui/Page";
import { Domains } from "./Domains";
import { OrganizationForm } from "./OrganizationForm";
import { organizationDocument } from "./organization";
import { RequireSso } from "./RequireSso";
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
          organization && (
            <Stack gap="xl">
              <OrganizationForm key={organization.id} organization={organization} />
              <RequireSso key={String(organization.settings.requireSso)} organization={organization} />
            </Stack>
          )
        }
      </Loaded>
      {may("connections:read") && <Domains />}
      {may("users:read") && <Roles />}
    </Page>
  );
}
