import { audit } from "./audit";
import { clients } from "./clients";
import { common } from "./common";
import { connections } from "./connections";
import { departments } from "./departments";
import { exports } from "./exports";
import { groups } from "./groups";
import { home } from "./home";
import { log } from "./log";
import { people } from "./people";
import { rehearsal } from "./rehearsal";
import { settings } from "./settings";
import { setup } from "./setup";
import { signon } from "./signon";
import { tokens } from "./tokens";

/** All texts of the console in English, as ICU messages. */
export const en = {
  ...common,
  ...home,
  ...people,
  ...groups,
  ...departments,
  ...connections,
  ...clients,
  ...log,
  ...tokens,
  ...audit,
  ...exports,
  ...settings,
  ...setup,
  ...signon,
  ...rehearsal,
} as const;

/** Key names a text. */
export type Key = keyof typeof en;
