import type { Guided, Step } from "./guide";

/** Part is one line of a provider's page. */
interface Part {
  form: "title" | "choice" | "field" | "button";
  label: string;
  /** What stands in a field: a name for what the connection fills in, or the text itself. */
  value?: string;
  on?: boolean;
  /** The number beside it: that of the instruction. */
  mark?: number;
}

/** Screen is a page of a provider, in the provider's own words, which are not translated. */
export interface Screen {
  path: string;
  menu: readonly string[];
  active: string;
  rows: readonly Part[];
  alt: string;
}

/** screens are the pictures of a guide. "url" and "secret" stand for the connection's. */
export const screens: Partial<Record<Guided, Partial<Record<Step, Screen>>>> = {
  ENTRA: {
    app: {
      path: "Enterprise applications › New application",
      menu: ["Overview", "All applications", "New application"],
      active: "New application",
      alt: "Entra, New application: 2 Create your own application, 3 the name, 4 Integrate any other application you don’t find in the gallery (Non-gallery), 5 Create",
      rows: [
        { form: "title", label: "Create your own application", mark: 2 },
        { form: "field", label: "What’s the name of your app?", value: "Rollcall (provisioning)", mark: 3 },
        { form: "choice", label: "Configure Application Proxy …" },
        { form: "choice", label: "Register an application to integrate …" },
        { form: "choice", label: "Integrate any other application … (Non-gallery)", on: true, mark: 4 },
        { form: "button", label: "Create", mark: 5 },
      ],
    },
    credentials: {
      path: "Enterprise applications › Rollcall (provisioning) › Provisioning",
      menu: ["Overview", "Properties", "Users and groups", "Single sign-on", "Provisioning"],
      active: "Provisioning",
      alt: "Entra, Provisioning: 2 Tenant URL, 3 Secret token, 4 Test connection",
      rows: [
        { form: "title", label: "Admin credentials" },
        { form: "field", label: "Tenant URL", value: "url", mark: 2 },
        { form: "field", label: "Secret token", value: "secret", mark: 3 },
        { form: "button", label: "Test connection", mark: 4 },
      ],
    },
    mapping: {
      path: "Provisioning › Mappings › Provision Microsoft Entra ID Users › Edit attribute",
      menu: ["Overview", "Provisioning", "Mappings"],
      active: "Mappings",
      alt: "Entra, Edit attribute of externalId: 3 Source attribute objectId, 4 Ok",
      rows: [
        { form: "title", label: "Edit attribute" },
        { form: "field", label: "Source attribute", value: "objectId", mark: 3 },
        { form: "field", label: "Target attribute", value: "externalId" },
        { form: "button", label: "Ok", mark: 4 },
      ],
    },
  },
  OKTA: {
    credentials: {
      path: "Applications › Rollcall › Provisioning › Integration",
      menu: ["General", "Sign On", "Provisioning", "Assignments", "Push Groups"],
      active: "Provisioning",
      alt: "Okta, Provisioning: 2 SCIM connector base URL, 3 Unique identifier field for users, 4 Authorization, 5 Test Connector Configuration",
      rows: [
        { form: "title", label: "SCIM Connection" },
        { form: "field", label: "SCIM connector base URL", value: "url", mark: 2 },
        { form: "field", label: "Unique identifier field for users", value: "userName", mark: 3 },
        { form: "field", label: "HTTP Header · Authorization: Bearer", value: "secret", mark: 4 },
        { form: "button", label: "Test Connector Configuration", mark: 5 },
      ],
    },
  },
  ONELOGIN: {
    credentials: {
      path: "Applications › Rollcall › Configuration",
      menu: ["Info", "Configuration", "Parameters", "Access", "Provisioning"],
      active: "Configuration",
      alt: "OneLogin, Configuration: 2 SCIM Base URL, 3 SCIM Bearer Token, 4 Enable",
      rows: [
        { form: "title", label: "API Connection" },
        { form: "field", label: "SCIM Base URL", value: "url", mark: 2 },
        { form: "field", label: "SCIM Bearer Token", value: "secret", mark: 3 },
        { form: "button", label: "Enable", mark: 4 },
      ],
    },
  },
  JUMPCLOUD: {
    credentials: {
      path: "SSO Applications › Rollcall › Identity Management",
      menu: ["General Info", "SSO", "Identity Management", "User Groups"],
      active: "Identity Management",
      alt: "JumpCloud, Identity Management: 2 Base URL, 3 Token Key, 4 Test Connection",
      rows: [
        { form: "choice", label: "SCIM 2.0", on: true },
        { form: "field", label: "Base URL", value: "url", mark: 2 },
        { form: "field", label: "Token Key", value: "secret", mark: 3 },
        { form: "button", label: "Test Connection", mark: 4 },
      ],
    },
  },
};
