import { defineConfig } from "vite";

// The pure modules' tests are bundled to plain JavaScript, because Node 20 runs no TypeScript.
export default defineConfig({
  build: {
    ssr: "../../tests/ground_station/web/units.ts",
    outDir: "node_modules/.unit",
    emptyOutDir: true,
    target: "node20",
  },
});
