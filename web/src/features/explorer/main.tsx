import { GraphiQL } from "graphiql";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
// One by one: graphiql/style.css brings fonts along that are larger than all else.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./explorer.css";
import "./narrow.css";
import "./workers";
import { examples } from "./examples";
import { fetcher } from "./fetcher";

const root = document.getElementById("explorer");
if (!root) throw new Error("the page has no place for the explorer");

const wide = window.matchMedia("(min-width: 48rem)").matches;

// In the console's frame the console stands around it, in the colours chosen there.
const framed = window.self !== window.top;
const chosen = localStorage.getItem("mantine-color-scheme-value");

createRoot(root).render(
  <StrictMode>
    <GraphiQL
      fetcher={fetcher}
      defaultTabs={examples}
      defaultEditorToolsVisibility={wide && "variables"}
      forcedTheme={chosen === "light" || chosen === "dark" ? chosen : "system"}
      shouldPersistHeaders={false} // they may hold a token
    >
      <GraphiQL.Logo>
        {framed ? (
          <span />
        ) : (
          <a href="/" className="graphiql-logo-link">
            Rollcall
          </a>
        )}
      </GraphiQL.Logo>
    </GraphiQL>
  </StrictMode>,
);
