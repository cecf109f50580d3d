import "@mantine/notifications/styles.css";
import { Notifications } from "@mantine/notifications";

/** Toasts is where ui/toast.tsx tells what has been done. */
export default function Toasts() {
  return <Notifications position="bottom-right" />;
}
