import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { weight } from "./weight";

const packed = (text: string) => gzipSync(text, { level: 9 }).length;
const parts = {
  "assets/index-1.js": { content: "the frame", begins: "/web/index.html", imports: ["assets/react-1.js"] },
  "assets/react-1.js": { content: "react" },
  "assets/Home-1.js": {
    content: "home",
    begins: "/src/Home.tsx",
    imports: ["assets/react-1.js"],
    styles: ["assets/Home-1.css"],
  },
  "assets/Home-1.css": { content: "styles" },
  "assets/People-1.js": { content: "people", begins: "/src/People.tsx" },
  "assets/inter-1.woff2": { content: new Uint8Array(40) },
};

test("what is imported counts once, a font as it is, another page not at all", () => {
  const frame = packed("the frame") + packed("react");
  expect(weight(parts, ["web/index.html"])).toBe(frame);
  expect(weight(parts, ["web/index.html", "src/Home.tsx", "inter-"])).toBe(
    frame + packed("home") + packed("styles") + 40,
  );
});

test("a file that has moved is not counted as nothing", () => {
  expect(() => weight(parts, ["src/Start.tsx"])).toThrow("nothing in the bundle begins with src/Start.tsx");
});
