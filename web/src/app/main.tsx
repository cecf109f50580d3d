import "./mantine.css";
import "../ui/font.css";
import "../ui/tokens.css";
import { I18nProvider } from "@lingui/react";
import { MantineProvider } from "@mantine/core";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";
import { newClient } from "../lib/client";
import { chosenLanguage, i18n, speak } from "../text";
import { router } from "./router";
import { tellSignedOut } from "./signedout";
import { theme } from "./theme";

const Toasts = lazy(() => import("./Toasts")); // nothing is told before the first page is there

const root = document.getElementById("root");
if (!root) throw new Error("the page has no place for the console");

const client = newClient(tellSignedOut);
const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";
// Where Mantine's dialogs look for the nonce of the style that keeps the page below from scrolling.
Object.assign(globalThis, { __webpack_nonce__: nonce });

await speak(chosenLanguage());
createRoot(root).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
        <Suspense>
          <Toasts />
        </Suspense>
        <Provider value={client}>
          <RouterProvider router={router} />
        </Provider>
      </MantineProvider>
    </I18nProvider>
  </StrictMode>,
);
