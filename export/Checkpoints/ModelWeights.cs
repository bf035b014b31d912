using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Checkpoints;

/// <summary>The checkpoint as the graph takes it: float32 tensors, streamed from the mapped file when the data file is written.</summary>
internal sealed class ModelWeights(ITensorSource file)
{
    private const int ElementsAtOnce = 1 << 16;

    /// <summary>Checks that the file holds exactly what the configuration asks for.</summary>
    /// <exception cref="PipelineException">Names every tensor that is missing, has another shape or is of no use, with the shape expected.</exception>
    public void Check(IEnumerable<TensorSpec> expected)
    {
        var problems = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal) { DecoderTensors.Head };
        foreach (TensorSpec spec in expected)
        {
            known.Add(spec.Name);
            string shape = $"[{string.Join(", ", spec.Shape)}]";
            if (!file.Tensors.TryGetValue(spec.Name, out TensorInfo? tensor))
                problems.Add($"{spec.Name} is missing, expected {shape}");
            else if (!tensor.Shape.SequenceEqual(spec.Shape))
                problems.Add($"{spec.Name} is [{string.Join(", ", tensor.Shape)}], expected {shape}");
            else if (tensor.Type == TensorType.I64)
                problems.Add($"{spec.Name} holds {tensor.Type}, expected floating-point numbers {shape}");
        }
        // A tensor that nothing uses (a bias, another connection's mixing) would make the exported model another one.
        problems.AddRange(file.Tensors.Keys.Where(name => !known.Contains(name) && !name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(name => $"{name} belongs to no part of this configuration"));
        if (problems.Count == 0)
            return;
        IEnumerable<string> shown = problems.Take(20).Append(problems.Count > 20 ? $"and {problems.Count - 20} more" : "").Where(line => line.Length > 0);
        throw new PipelineException($"{file.Path} does not fit config.json:{string.Concat(shown.Select(line => $"\n  {line}"))}\nExport the run whose training wrote both files, or mend config.json.");
    }

    /// <summary>One tensor, as it is stored.</summary>
    public WeightTensor Tensor(string name) => Stacked(name, name);

    /// <summary>Several tensors of equal width on top of one another: [a + b + …, width].</summary>
    public WeightTensor Stacked(string name, params string[] parts)
    {
        IReadOnlyList<long> first = file.Tensor(parts[0]).Shape;
        long rows = parts.Sum(part => file.Tensor(part).Shape[0]);
        return new WeightTensor(name, [rows, .. first.Skip(1)], stream =>
        {
            foreach (string part in parts)
                CopyAsFloat32(part, stream);
        });
    }

    /// <summary>Rows of stored matrices on top of one another, each changed on its way into the file: [rows, width].</summary>
    /// <param name="name">The weight's name: another one than that of the matrices as they are stored.</param>
    /// <param name="width">Elements of a row after the change.</param>
    /// <param name="blocks">The rows.</param>
    /// <param name="change">From a stored row, which it may overwrite, to a written one.</param>
    public WeightTensor Rows(string name, int width, IReadOnlyList<RowBlock> blocks, Func<float[], float[]> change) =>
        new(name, [blocks.Sum(block => block.Count), width], stream =>
        {
            foreach (RowBlock block in blocks)
            {
                var row = new float[WidthOf(block.Tensor)];
                for (long i = block.First; i < block.First + block.Count; i++)
                {
                    file.ReadFloat32(block.Tensor, i * row.Length, row);
                    for (int k = 0; block.Factor != 1 && k < row.Length; k++)
                        row[k] *= block.Factor;
                    stream.Write(MemoryMarshal.AsBytes(change(row).AsSpan()));
                }
            }
        });

    /// <summary>Rows of a stored matrix, or elements of a stored vector.</summary>
    public long RowsOf(string name) => file.Tensor(name).Shape[0];

    /// <summary>Columns of a stored matrix.</summary>
    public int WidthOf(string name) => (int)file.Tensor(name).Shape[1];

    /// <summary>One element of a small tensor.</summary>
    public float Element(string name, int index) => Elements(name)[index];

    /// <summary>All elements of a small tensor.</summary>
    public float[] Elements(string name) => file.ReadFloat32(name);

    /// <summary>True when all elements of the rows are zero.</summary>
    public bool IsZero(RowBlock block)
    {
        var row = new float[WidthOf(block.Tensor)];
        for (long i = block.First; i < block.First + block.Count; i++)
        {
            file.ReadFloat32(block.Tensor, i * row.Length, row);
            if (row.AsSpan().ContainsAnyExcept(0))
                return false;
        }
        return true;
    }

    /// <summary>Elements of a small tensor in another order and shape, under another name: element k is the stored one at <paramref name="order"/>[k].</summary>
    public WeightTensor Picked(string name, string tensor, IReadOnlyList<long> shape, IReadOnlyList<int> order) => new(name, shape, stream =>
    {
        float[] values = file.ReadFloat32(tensor);
        foreach (int at in order)
            stream.Write(MemoryMarshal.AsBytes(values.AsSpan(at, 1)));
    });

    private void CopyAsFloat32(string name, Stream stream)
    {
        TensorInfo tensor = file.Tensor(name);
        if (tensor.Type == TensorType.F32)
        {
            file.CopyTo(name, stream);
            return;
        }
        var values = new float[ElementsAtOnce];
        for (long done = 0; done < tensor.Count;)
        {
            Span<float> piece = values.AsSpan(0, (int)Math.Min(values.Length, tensor.Count - done));
            file.ReadFloat32(name, done, piece);
            stream.Write(MemoryMarshal.AsBytes(piece));
            done += piece.Length;
        }
    }
}
