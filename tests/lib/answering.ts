interface Sent {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A client that gives these answers in turn and keeps what it was sent; an answer too few is a fault. */
export function answering<Client>(answers: readonly object[]) {
  const sent: Sent[] = [];
  const left = [...answers];
  const send = async (command: { readonly input: Sent['input'] }) => {
    sent.push({ name: command.constructor.name, input: command.input });
    const answer = left.shift();
    if (!answer) throw new Error('asked once too often');
    return answer;
  };
  return { client: { send } as unknown as Client, sent };
}
