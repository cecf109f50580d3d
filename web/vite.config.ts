import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// Each page is an entry of its own, so that none loads what another needs.
const pages = ["index.html", "graphiql.html"];

export default defineConfig({
  plugins: [react(), packed()],
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
