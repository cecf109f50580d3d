/** One event of a stream of Server-Sent Events. */
export interface ServerEvent {
  event: string;
  data: string;
}

/**
 * readEvents takes a body of text/event-stream apart. It ends with the body; an
 * event that the body breaks off in is dropped, as the HTML standard has it.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<ServerEvent> {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader(); // Safari can't iterate streams yet
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n"); // the server ends lines with \n alone
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parse(block);
      if (event) yield event;
    }
  }
}

function parse(block: string): ServerEvent | undefined {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? []; // a line that begins with a colon is a comment
    if (field === "event") event = value ?? "";
    else if (field === "data") data.push(value ?? "");
  }
  return event === "message" && data.length === 0 ? undefined : { event, data: data.join("\n") };
}
