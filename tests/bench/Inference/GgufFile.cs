using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;

namespace MhcPipeline.Bench.Inference;

/// <summary>
/// Writes a residual (Llama) checkpoint in llama.cpp's format, GGUF version 3: a header with the model's sizes and a tokenizer, the tensors'
/// names and places, then their numbers, float32 or in blocks of 32 with a scale (q8_0).
/// </summary>
internal static class GgufFile
{
    private const int Alignment = 32, Block = 32, BlockBytes = 2 + Block;
    private const uint Float32 = 0, Q8Blocks = 8; // types of tensors
    private const uint UInt32Value = 4, Int32Value = 5, Float32Value = 6, StringValue = 8, ArrayValue = 9; // types of header fields

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="config">With connection <c>residual</c>.</param>
    /// <param name="weights">The checkpoint.</param>
    /// <param name="quantized">True for matrices in q8_0.</param>
    public static void Write(string path, ModelConfig config, SafetensorsFile weights, bool quantized)
    {
        var fields = new Fields();
        fields.Add("general.architecture", "llama");
        fields.Add("llama.context_length", config.MaxPositionEmbeddings);
        fields.Add("llama.embedding_length", config.HiddenSize);
        fields.Add("llama.block_count", config.NumHiddenLayers);
        fields.Add("llama.feed_forward_length", config.IntermediateSize);
        fields.Add("llama.attention.head_count", config.NumAttentionHeads);
        fields.Add("llama.attention.head_count_kv", config.NumKeyValueHeads);
        fields.Add("llama.attention.layer_norm_rms_epsilon", (float)config.RmsNormEps);
        fields.Add("llama.rope.dimension_count", config.HeadDim);
        fields.Add("llama.rope.freq_base", (float)config.RopeTheta);
        fields.Add("llama.vocab_size", config.VocabSize);
        fields.AddTokenizer(config.VocabSize);

        Source[] sources = [.. Sources(config)];
        using FileStream file = File.Create(path);
        file.Write("GGUF"u8);
        Put(file, 3);
        Put(file, (ulong)sources.Length);
        Put(file, (ulong)fields.Count);
        fields.WriteTo(file);
        ulong offset = 0;
        foreach (Source source in sources)
        {
            IReadOnlyList<long> shape = weights.Tensor(source.Stored).Shape;
            bool blocks = quantized && shape.Count == 2;
            Put(file, source.Name);
            Put(file, (uint)shape.Count);
            foreach (long dimension in shape.Reverse()) // innermost first
                Put(file, (ulong)dimension);
            Put(file, blocks ? Q8Blocks : Float32);
            Put(file, offset);
            long count = shape.Aggregate(1L, (product, dimension) => product * dimension);
            offset += Aligned((ulong)(blocks ? count / Block * BlockBytes : count * sizeof(float)));
        }
        Pad(file);
        foreach (Source source in sources)
        {
            IReadOnlyList<long> shape = weights.Tensor(source.Stored).Shape;
            float[] values = weights.ReadFloat32(source.Stored);
            if (source.Heads > 0)
                values = Interleaved(values, source.Heads, (int)shape[1]);
            file.Write(quantized && shape.Count == 2 ? Quantized(values) : MemoryMarshal.AsBytes(values.AsSpan()));
            Pad(file);
        }
    }

    private static IEnumerable<Source> Sources(ModelConfig config)
    {
        yield return new("token_embd.weight", "model.embed_tokens.weight");
        yield return new("output_norm.weight", "model.norm.weight");
        yield return new("output.weight", config.TieWordEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight");
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            string block = $"blk.{i}", layer = $"model.layers.{i}";
            yield return new($"{block}.attn_norm.weight", $"{layer}.input_layernorm.weight");
            yield return new($"{block}.attn_q.weight", $"{layer}.self_attn.q_proj.weight", config.NumAttentionHeads);
            yield return new($"{block}.attn_k.weight", $"{layer}.self_attn.k_proj.weight", config.NumKeyValueHeads);
            yield return new($"{block}.attn_v.weight", $"{layer}.self_attn.v_proj.weight");
            yield return new($"{block}.attn_output.weight", $"{layer}.self_attn.o_proj.weight");
            yield return new($"{block}.ffn_norm.weight", $"{layer}.post_attention_layernorm.weight");
            yield return new($"{block}.ffn_gate.weight", $"{layer}.mlp.gate_proj.weight");
            yield return new($"{block}.ffn_up.weight", $"{layer}.mlp.up_proj.weight");
            yield return new($"{block}.ffn_down.weight", $"{layer}.mlp.down_proj.weight");
        }
    }

    /// <summary>llama.cpp turns neighbouring rows of a head together, Hugging Face's layout row i with row i + half.</summary>
    private static float[] Interleaved(float[] matrix, int heads, int width)
    {
        int rows = matrix.Length / heads / width;
        var turned = new float[matrix.Length];
        for (int row = 0; row < heads * rows; row++)
        {
            int head = row / rows * rows, within = row % rows;
            int from = head + (within % 2 * (rows / 2)) + (within / 2);
            Array.Copy(matrix, from * width, turned, row * width, width);
        }
        return turned;
    }

    private static byte[] Quantized(float[] values)
    {
        var bytes = new byte[values.Length / Block * BlockBytes];
        for (int block = 0; block < values.Length / Block; block++)
        {
            ReadOnlySpan<float> from = values.AsSpan(block * Block, Block);
            Span<byte> to = bytes.AsSpan(block * BlockBytes, BlockBytes);
            float largest = 0;
            foreach (float value in from)
                largest = Math.Max(largest, Math.Abs(value));
            float scale = largest / 127;
            BinaryPrimitives.WriteHalfLittleEndian(to, (Half)scale);
            for (int i = 0; i < Block; i++)
                to[2 + i] = (byte)(sbyte)(scale == 0 ? 0 : MathF.Round(from[i] / scale));
        }
        return bytes;
    }

    private static ulong Aligned(ulong bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Pad(Stream stream)
    {
        while (stream.Position % Alignment != 0)
            stream.WriteByte(0);
    }

    private static void Put(Stream stream, uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void Put(Stream stream, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void Put(Stream stream, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Put(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    /// <summary>A tensor: its name there, its name here, and its heads if its rows are turned by position.</summary>
    private sealed record Source(string Name, string Stored, int Heads = 0);

    /// <summary>The header's fields.</summary>
    private sealed class Fields
    {
        private readonly MemoryStream _bytes = new();

        public int Count { get; private set; }

        public void Add(string name, int value) => Put(Start(name, UInt32Value), (uint)value);

        public void Add(string name, float value) => Put(Start(name, Float32Value), BitConverter.SingleToUInt32Bits(value));

        public void Add(string name, string value) => Put(Start(name, StringValue), value);

        /// <summary>A vocabulary of the right size; nothing is ever tokenized with it.</summary>
        public void AddTokenizer(int vocabulary)
        {
            const int unknown = 2, control = 3, normal = 1, single = 6;
            const int firstByte = 3, behindBytes = firstByte + 256;
            Add("tokenizer.ggml.model", "llama");
            AddArray("tokenizer.ggml.tokens", StringValue, vocabulary, id => Put(_bytes, id switch
            {
                0 => "<unk>",
                1 => "<s>",
                2 => "</s>",
                < behindBytes => $"<0x{id - firstByte:X2}>",
                _ => $"token{id}",
            }));
            AddArray("tokenizer.ggml.scores", Float32Value, vocabulary, _ => Put(_bytes, 0u));
            AddArray("tokenizer.ggml.token_type", Int32Value, vocabulary, id => Put(_bytes, (uint)(id switch { 0 => unknown, 1 or 2 => control, < behindBytes => single, _ => normal })));
            Add("tokenizer.ggml.bos_token_id", 1);
            Add("tokenizer.ggml.eos_token_id", 2);
            Add("tokenizer.ggml.unknown_token_id", 0);
        }

        public void WriteTo(Stream stream) => _bytes.WriteTo(stream);

        private void AddArray(string name, uint type, int count, Action<int> element)
        {
            Stream stream = Start(name, ArrayValue);
            Put(stream, type);
            Put(stream, (ulong)count);
            for (int i = 0; i < count; i++)
                element(i);
        }

        private MemoryStream Start(string name, uint type)
        {
            Count++;
            Put(_bytes, name);
            Put(_bytes, type);
            return _bytes;
        }
    }
}
