import { createSocket } from "node:dgram";
import { once } from "node:events";

const typeTXT = 16;

/**
 * startResolver starts a DNS server at an address, host:port, that knows the TXT
 * records in records, and of every other name that there is none.
 */
export async function startResolver(address: string, records: Map<string, string>) {
  const socket = createSocket("udp4");
  const [host, port] = address.split(":");
  socket.on("message", (question, from) => {
    socket.send(reply(question, records), from.port, from.address);
  });
  socket.bind(Number(port), host);
  await once(socket, "listening");
  return async () => {
    socket.close();
    await once(socket, "close");
  };
}

/** reply answers a message with one question (RFC 1035 §4). */
function reply(message: Buffer, records: Map<string, string>): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = message.readUInt16BE(at + 1);
  const text = records.get(labels.join(".").toLowerCase());
  const found = text !== undefined && type === typeTXT;
  const header = Buffer.alloc(12);
  message.copy(header, 0, 0, 2);
  header.writeUInt16BE(text === undefined ? 0x8583 : 0x8580, 2); // an answer with authority; 3 is: no such name
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found ? 1 : 0, 6);
  const question = message.subarray(12, at + 5);
  if (!found) return Buffer.concat([header, question]);
  const value = Buffer.from(text);
  const record = Buffer.alloc(13);
  record.writeUInt16BE(0xc00c, 0); // the name of the question
  record.writeUInt16BE(typeTXT, 2);
  record.writeUInt16BE(1, 4); // IN
  record.writeUInt16BE(value.length + 1, 10);
  record[12] = value.length;
  return Buffer.concat([header, question, record, value]);
}
