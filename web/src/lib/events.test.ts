import { expect, test } from "vitest";
import { readEvents } from "./events";

async function eventsOf(...chunks: (string | Uint8Array<ArrayBuffer>)[]) {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk);
      }
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

test("events come out whole, however the network cuts them", async () => {
  const stream = new TextEncoder().encode(
    ':\n\nevent: next\ndata: {"name":"Zoë"}\n\n: ping\n\nevent: complete\n\n',
  );
  const want = [
    { event: "next", data: '{"name":"Zoë"}' },
    { event: "complete", data: "" },
  ];
  for (let cut = 0; cut <= stream.length; cut++) {
    expect(await eventsOf(stream.slice(0, cut), stream.slice(cut))).toEqual(want);
  }
});

test("lines of data are joined", async () => {
  expect(await eventsOf("data: a\ndata: b\n\n")).toEqual([{ event: "message", data: "a\nb" }]);
});

test("an event that is cut off is dropped", async () => {
  expect(await eventsOf("event: next\ndata: 1\n\nevent: next\ndata: 2\n")).toEqual([
    { event: "next", data: "1" },
  ]);
});
