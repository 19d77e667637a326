// Streams one message with the SDK and prints each text with the milliseconds since the request; no argument.
import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ maxRetries: 0 });
const start = Date.now();
try {
  const stream = await client.messages.create({
    model: 'test',
    max_tokens: 64,
    stream: true,
    messages: [{ role: 'user', content: 'hello' }],
  });
  for await (const event of stream) {
    if (event.type === 'content_block_delta') console.log(`${Date.now() - start} ${event.delta.text}`);
  }
} catch (error) {
  console.log(`error: ${error.message}: ${error.cause?.cause?.message ?? error.cause?.message ?? ''}`);
  process.exitCode = 1;
}
