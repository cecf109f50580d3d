import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { weight } from "./tools/weight.ts";

// Each page is an entry of its own, so that none loads what another needs.
const pages = ["index.html", "graphiql.html"];

export default defineConfig({
  plugins: [react(), styled(), light(), packed()],
  worker: { format: "es" },
  test: { include: ["{src,tools}/**/*.test.ts"] },
  build: {
    assetsInlineLimit: 0, // the pages' policies allow no data: addresses for scripts and fonts
    chunkSizeWarningLimit: 4000, // the editor
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: pages,
      checks: { moduleLevelDirective: false }, // "use no memo", which is for a compiler that has run
    },
  },
});

/** styled fails the build when a Mantine component is in use whose styles src/app/mantine.css leaves out. */
function styled(): Plugin {
  const styles = join(import.meta.dirname, "node_modules/@mantine/core/styles");
  return {
    name: "styled",
    apply: "build",
    async generateBundle(_, bundle) {
      const listed = await readFile(join(import.meta.dirname, "src/app/mantine.css"), "utf8");
      const there = new Set(await readdir(styles));
      const missing = new Set<string>();
      for (const id of Object.values(bundle).flatMap((c) => (c.type === "chunk" ? c.moduleIds : []))) {
        const parts = /@mantine\/core\/esm\/components\/(.+)\/[^/]+$/.exec(id)?.[1]?.split("/") ?? [];
        for (const name of parts) {
          if (there.has(`${name}.layer.css`) && !listed.includes(`/${name}.layer.css`)) missing.add(name);
        }
      }
      if (missing.size > 0) this.error(`src/app/mantine.css lacks the styles of ${[...missing].join(", ")}`);
    },
  };
}

const limit = 250_000; // bytes, packed

/** light fails the build when the first load, Home's, is heavier than it may be. */
function light(): Plugin {
  return {
    name: "light",
    apply: "build",
    generateBundle(_, bundle) {
      const parts = Object.fromEntries(
        Object.entries(bundle).map(([name, file]) => [
          name,
          file.type === "asset"
            ? { content: file.source }
            : {
                content: file.code,
                begins: file.facadeModuleId,
                imports: file.imports,
                styles: file.viteMetadata?.importedCss ?? [],
              },
        ]),
      );
      const bytes = weight(parts, ["web/index.html", "features/home/Home.tsx", "inter-latin-wght"]);
      if (bytes > limit) this.error(`the first load is ${bytes} bytes packed, and may be ${limit}`);
      this.info(`the first load is ${bytes} bytes packed of ${limit}`);
    },
  };
}

/** packed leaves the text files in dist compressed only; the server unpacks them where a client wants that. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    async closeBundle() {
      const folder = join(import.meta.dirname, "dist", "assets");
      for (const name of await readdir(folder)) {
        if (!/\.(js|css|svg)$/.test(name)) continue;
        const file = join(folder, name);
        await writeFile(`${file}.gz`, gzipSync(await readFile(file), { level: 9 }));
        await rm(file);
      }
    },
  };
}
