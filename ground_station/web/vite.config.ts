import { copyFileSync, mkdirSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

// `npm run dev` serves the sources and passes the API on to a hub that runs beside it.
const hub = "http://127.0.0.1:8040";

/** The hub's /docs page takes its viewer from here, so that it works without the internet. */
function apiViewer(): Plugin {
  return {
    name: "api-viewer",
    apply: "build",
    closeBundle() {
      mkdirSync("dist/api-viewer", { recursive: true });
      for (const file of ["swagger-ui-bundle.js", "swagger-ui.css"]) {
        copyFileSync(`node_modules/swagger-ui-dist/${file}`, `dist/api-viewer/${file}`);
      }
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [apiViewer()],
  build: {
    outDir: "dist",
    target: "es2022",
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { "/api": { target: hub, ws: true } } },
});
