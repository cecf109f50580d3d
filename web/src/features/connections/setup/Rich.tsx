/** Rich shows a text in which **names of what to click** and `what to type` stand out. */
export function Rich({ text }: { text: string }) {
  const parts = text.split(/(\*\*[^*]+\*\*|`[^`]+`)/);
  let at = 0;
  return (
    <>
      {parts.map((part) => {
        at += part.length;
        if (part.startsWith("**")) return <strong key={at}>{part.slice(2, -2)}</strong>;
        if (part.startsWith("`")) return <code key={at}>{part.slice(1, -1)}</code>;
        return part;
      })}
    </>
  );
}
