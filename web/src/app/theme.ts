import { createTheme, type MantineColorsTuple } from "@mantine/core";
import tabs from "./Tabs.module.css";

const evergreen: MantineColorsTuple = [
  "#eef6f2",
  "#dcebe4",
  "#b5d6c7",
  "#8fd3b4",
  "#5fa98a",
  "#3f8c6d",
  "#2c7658",
  "#1d5c47",
  "#164838",
  "#0f3529",
];

const stone: MantineColorsTuple = [
  "#fbfaf7",
  "#f3f2ed",
  "#e9e8e1",
  "#e2e1da",
  "#c9c8bf",
  "#a5a69d",
  "#7d817a",
  "#59605b",
  "#343a36",
  "#1c1f1d",
];

const night: MantineColorsTuple = [
  "#e8ebe8",
  "#c3cac5",
  "#a1aaa4",
  "#6e7872",
  "#46504b",
  "#2c3330",
  "#1f2422",
  "#1a1e1c",
  "#131615",
  "#101312",
];

const brick: MantineColorsTuple = [
  "#fbe8e4",
  "#f6d3cc",
  "#ffb1a6",
  "#e58375",
  "#d1594a",
  "#b93a2d",
  "#a0291e",
  "#a0291e",
  "#a0291e",
  "#7c1f17",
];

/** theme gives Mantine the visual language of ../ui/README.md. */
export const theme = createTheme({
  primaryColor: "evergreen",
  primaryShade: { light: 7, dark: 6 },
  colors: { evergreen, red: brick, gray: stone, dark: night },
  fontFamily: '"Inter", "Inter stand-in", system-ui, -apple-system, "Segoe UI", sans-serif',
  fontFamilyMonospace: "var(--mono)",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.4" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.25rem", lineHeight: "1.4" },
      h2: { fontSize: "1rem", lineHeight: "1.5" },
      h3: { fontSize: "0.875rem", lineHeight: "1.5" },
    },
  },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  radius: { sm: "4px", md: "6px", lg: "8px" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm" } },
    MultiSelect: { defaultProps: { size: "sm" } },
    Textarea: { defaultProps: { size: "sm" } },
    NumberInput: { defaultProps: { size: "sm" } },
    Modal: {
      defaultProps: { transitionProps: { duration: 120 }, centered: true },
      styles: { title: { fontWeight: 600 } },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } } },
    Tabs: { classNames: { list: tabs.list, tab: tabs.tab } },
    Menu: { defaultProps: { transitionProps: { duration: 100 }, shadow: "md" } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 100 }, withArrow: true } },
  },
});
