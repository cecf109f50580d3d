import { TextInput } from "@mantine/core";
import { useText } from "../../../text";

/** OidcSecret takes a client secret and the day on which it ends. */
export function OidcSecret(props: {
  entra: boolean;
  required: boolean;
  secret: string;
  ends: string;
  onChange: (change: { secret?: string; ends?: string }) => void;
  problem: (field: string) => string | undefined;
}) {
  const { say } = useText();
  const { entra, required, problem } = props;
  return (
    <>
      <TextInput
        label={say(entra ? "signon.entraSecret" : "signon.secret")}
        description={say(entra ? "signon.entraSecretAbout" : "signon.secretAbout")}
        value={props.secret}
        onChange={(event) => props.onChange({ secret: event.currentTarget.value })}
        error={problem("secret")}
        required={required}
        autoComplete="off"
        spellCheck={false}
      />
      <TextInput
        type="date"
        label={say("signon.secretEnds")}
        description={say("signon.secretEndsAbout")}
        value={props.ends}
        onChange={(event) => props.onChange({ ends: event.currentTarget.value })}
        error={problem("secretExpiresAt")}
        required={entra && (required || props.secret !== "")}
      />
    </>
  );
}
