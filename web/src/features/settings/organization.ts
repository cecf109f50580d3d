import { graphql, type ResultOf } from "../../lib/documents";

export const organizationDocument = graphql(`
  query OrganizationSettings {
    organization {
      id
      slug
      name
      settings {
        logDays
        deletedDays
        sessionIdleMinutes
        sessionAgeMinutes
        adminSessionIdleMinutes
        adminSessionAgeMinutes
        timeZone
        requireSso
        breakGlass
      }
    }
  }
`);

export const updateDocument = graphql(`
  mutation UpdateOrganization($input: UpdateOrganizationInput!) {
    updateOrganization(input: $input) {
      organization {
        id
        name
      }
    }
  }
`);

/** AnOrganization is the caller's, with its settings. */
export type AnOrganization = NonNullable<ResultOf<typeof organizationDocument>["organization"]>;

/** Numbers are the settings that are lengths of time, each with its limits (those of the API). */
export const lengths = {
  adminSessionIdleMinutes: { unit: "minutes", min: 5, max: 1440 },
  adminSessionAgeMinutes: { unit: "minutes", min: 5, max: 10_080 },
  sessionIdleMinutes: { unit: "minutes", min: 5, max: 43_200 },
  sessionAgeMinutes: { unit: "minutes", min: 5, max: 129_600 },
  logDays: { unit: "days", min: 1, max: 3650 },
  deletedDays: { unit: "days", min: 1, max: 3650 },
} as const;

export type Length = keyof typeof lengths;
