// llama.cpp as a peer of the decode benchmark: node llamacpp.mjs INSTALLED MODEL.gguf CONTEXT THREADS
// A line {"prompt": [ids], "count": n} is answered by {"tokens": [ids], "first": seconds to the first token, "all": seconds to the last}.
import {createInterface} from "node:readline";
import {pathToFileURL} from "node:url";
import {join} from "node:path";

const [installed, modelPath, contextSize, threads] = process.argv.slice(2);
const {getLlama, LlamaLogLevel} = await import(pathToFileURL(join(installed, "node_modules/node-llama-cpp/dist/index.js")).href);
const llama = await getLlama({gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: Number(threads), skipDownload: true});
const model = await llama.loadModel({modelPath});
const context = await model.createContext({contextSize: Number(contextSize), batchSize: 512, threads: {ideal: Number(threads), min: Number(threads)}});
const sequence = context.getSequence();
console.log("ready");

for await (const line of createInterface({input: process.stdin})) {
    const {prompt, count} = JSON.parse(line);
    await sequence.clearHistory();
    const tokens = [];
    let first = 0;
    const start = performance.now();
    for await (const token of sequence.evaluate(prompt, {temperature: 0, yieldEogToken: true})) {
        tokens.push(token);
        if (tokens.length === 1)
            first = performance.now() - start;
        if (tokens.length === count)
            break;
    }
    const all = performance.now() - start;
    console.log(JSON.stringify({tokens, first: first / 1000, all: all / 1000}));
}
process.exit(0);
