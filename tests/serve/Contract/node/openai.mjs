// The official client against the server at the address given. Every step that fails is told; any ends with exit code 1.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';

const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'none', maxRetries: 0 });
const model = 'scripted';
const messages = [{ role: 'user', content: 'How many chairs are there?' }];
const Order = z.object({ item: z.enum(['chair', 'table']), count: z.number().int().min(1).max(99), express: z.boolean() });
let looked = [];
const stock = ({ item }) => { looked.push(item); return '7'; };
const stockTool = zodFunction({ name: 'stock', description: 'Looks up how many are there.', parameters: z.object({ item: z.string().max(20) }), function: stock });

const steps = {
  'the model is listed': async () => {
    const models = await client.models.list();
    assert.deepEqual(models.data.map(one => one.id), [model]);
  },
  'chat': async () => {
    const answer = await client.chat.completions.create({ model, messages });
    assert.equal(answer.choices[0].message.content, 'Hello there.');
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  },
  'chat streamed': async () => {
    const stream = client.chat.completions.stream({ model, messages, stream_options: { include_usage: true } });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
    assert.equal(text, 'Hello there.');
    assert.ok((await stream.totalUsage()).completion_tokens > 3);
  },
  'a schema, read back by its type': async () => {
    const answer = await client.chat.completions.parse({ model, messages, response_format: zodResponseFormat(Order, 'order') });
    Order.parse(answer.choices[0].message.parsed);
  },
  'a schema, streamed': async () => {
    const stream = client.chat.completions.stream({ model, messages, response_format: zodResponseFormat(Order, 'order') });
    Order.parse((await stream.finalChatCompletion()).choices[0].message.parsed);
  },
  'a tool that has to be called': async () => {
    const answer = await client.chat.completions.parse({ model, messages, tools: [stockTool], tool_choice: 'required' });
    assert.equal(answer.choices[0].finish_reason, 'tool_calls');
    assert.deepEqual(answer.choices[0].message.tool_calls[0].function.parsed_arguments, { item: 'chair' });
  },
  'tools, run by the client': async () => {
    looked = [];
    const runner = client.chat.completions.runTools({ model, messages, tools: [stockTool] });
    assert.equal(await runner.finalContent(), 'There are 7.');
    assert.deepEqual(looked, ['chair']);
  },
  'tools, run by the client and streamed': async () => {
    looked = [];
    const runner = client.chat.completions.runTools({ model, messages, tools: [stockTool], stream: true });
    assert.equal(await runner.finalContent(), 'There are 7.');
    assert.deepEqual(looked, ['chair']);
  },
  'a response': async () => {
    const response = await client.responses.create({ model, input: 'Hi', store: false });
    assert.equal(response.output_text, 'Hello there.');
    assert.equal(response.status, 'completed');
    assert.ok(response.usage.output_tokens > 3);
  },
  'a response streamed': async () => {
    const stream = client.responses.stream({ model, input: 'Hi' });
    let text = '';
    stream.on('response.output_text.delta', event => { text += event.delta; });
    assert.equal((await stream.finalResponse()).output_text, 'Hello there.');
    assert.equal(text, 'Hello there.');
  },
  'a response of a type': async () => {
    const response = await client.responses.parse({ model, input: 'Hi', text: { format: zodTextFormat(Order, 'order') } });
    Order.parse(response.output_parsed);
  },
  'a response with a tool, answered': async () => {
    const tools = [{ type: 'function', name: 'stock', description: 'Looks up.', strict: true, parameters: { type: 'object', properties: { item: { type: 'string' } }, required: ['item'], additionalProperties: false } }];
    const input = [{ role: 'user', content: 'How many chairs are there?' }];
    const asked = await client.responses.create({ model, input, tools });
    const call = asked.output.find(item => item.type === 'function_call');
    assert.deepEqual(JSON.parse(call.arguments), { item: 'chair' });
    const answered = await client.responses.create({ model, tools, input: [...input, ...asked.output, { type: 'function_call_output', call_id: call.call_id, output: '7' }] });
    assert.equal(answered.output_text, 'There are 7.');
  },
  'a completion': async () => {
    const answer = await client.completions.create({ model, prompt: '<|im_start|>assistant\n' });
    assert.equal(answer.choices[0].text, 'Hello there.');
  },
  'refusals are errors of their kind': async () => {
    await assert.rejects(client.chat.completions.create({ model, messages, reasoning_effort: 'low' }), error => error instanceof OpenAI.BadRequestError && error.param === 'reasoning_effort');
    await assert.rejects(client.chat.completions.create({ model: 'another', messages }), OpenAI.NotFoundError);
    await assert.rejects(client.embeddings.create({ model, input: 'x' }), OpenAI.NotFoundError);
  },
};

for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
  } catch (error) {
    process.exitCode = 1;
    console.log(`${name}: ${error.stack}`);
  }
}
