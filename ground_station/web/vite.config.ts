import { defineConfig } from "vite";

// `npm run dev` serves the sources and passes the API on to a hub that runs beside it.
const hub = "http://127.0.0.1:8040";

export default defineConfig({
  base: "./",
  build: {
    outDir: "dist",
    target: "es2022",
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { "/api": { target: hub, ws: true } } },
});
