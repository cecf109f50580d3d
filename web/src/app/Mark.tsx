import icon from "../icon.svg";
import classes from "./Mark.module.css";

/** Mark is the name mark. */
export function Mark() {
  return (
    <span className={classes.mark}>
      <img src={icon} alt="" width={20} height={20} />
      Rollcall
    </span>
  );
}
