// The system's own fonts: ReDoc's default ones would come from another host.
const fonts = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
Redoc.init(
  "/openapi.json",
  {
    theme: {
      colors: { primary: { main: "#0f766e" } },
      typography: { fontFamily: fonts, headings: { fontFamily: fonts } },
    },
  },
  document.getElementById("redoc"),
);
