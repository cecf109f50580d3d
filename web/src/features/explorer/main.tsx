import { GraphiQL } from "graphiql";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";
import "./explorer.css";
import "./workers";
import { examples } from "./examples";
import { fetcher } from "./fetcher";

const root = document.getElementById("explorer");
if (!root) throw new Error("the page has no place for the explorer");

createRoot(root).render(
  <StrictMode>
    <GraphiQL fetcher={fetcher} defaultTabs={examples} shouldPersistHeaders={false}>
      <GraphiQL.Logo>Rollcall</GraphiQL.Logo>
    </GraphiQL>
  </StrictMode>,
);
