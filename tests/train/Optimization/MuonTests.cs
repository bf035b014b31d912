using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Optimization;
using MhcPipeline.Train.Parameters;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Optimization;

public sealed class MuonTests
{
    private static readonly MuonOptions _options = new(RateFactor: 2, WeightDecay: 0.1);

    [Theory]
    [InlineData(16, 16)]
    [InlineData(24, 8)]
    [InlineData(8, 24)]
    public void An_update_has_singular_values_near_one(int rows, int columns)
    {
        using var scope = NewDisposeScope();
        Tensor update = Muon.Orthogonalise(tensor(Numbers.Normal(2 * rows * columns, 1), [2, rows, columns]));
        Tensor gram = rows > columns ? update.transpose(1, 2).matmul(update) : update.matmul(update.transpose(1, 2));
        int rank = Math.Min(rows, columns);
        for (int matrix = 0; matrix < 2; matrix++)
        {
            // The singular values s of the update have s^2 as eigenvalues of gram: bounds of x^T gram x for unit x bound them all.
            Tensor x = tensor(Numbers.Normal(500 * rank, 2), [500, rank]);
            x = x / x.square().sum([1L], keepdim: true).sqrt();
            float[] stretch = Numbers.Of(x.matmul(gram.select(0, matrix)).mul(x).sum([1L]).sqrt());
            Assert.All(stretch, s => Assert.InRange(s, 0.5, 1.3));
        }
    }

    [Fact]
    public void A_first_step_is_the_orthogonalised_gradient_and_everything_else_goes_by_AdamW()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config()), other = TinyModel.Create(TinyModel.Config());
        using var scope = NewDisposeScope();
        using var muon = new Muon(model.Parameters, _options, new AdamWOptions());
        using var adamW = new AdamW(other.Parameters, new AdamWOptions());
        Tensor before = model.Parameters.Data.clone();
        Tensor gradient = tensor(Numbers.Normal((int)model.Parameters.Count, 3));
        model.Parameters.Gradient.copy_(gradient);
        other.Parameters.Gradient.copy_(gradient);
        muon.Step(0.01);
        adamW.Step(0.01);

        foreach (ParameterSpec spec in model.Parameters.Specs)
        {
            float[] after = Numbers.Of(model.Parameters.Part(model.Parameters.Data, spec.Name));
            if (!spec.Hidden)
            {
                Numbers.Close(Numbers.Of(other.Parameters.Part(other.Parameters.Data, spec.Name)), after, 0, spec.Name);
                continue;
            }
            Tensor direction = Muon.Orthogonalise(model.Parameters.Part(gradient, spec.Name).unsqueeze(0)).squeeze(0);
            double rate = 0.02, shape = Math.Sqrt(Math.Max(1.0, (double)spec.Shape[0] / spec.Shape[1]));
            Tensor expected = (model.Parameters.Part(before, spec.Name) * (1 - (rate * 0.1))) - (direction * (rate * shape));
            Numbers.Close(Numbers.Of(expected), after, 1e-5, spec.Name);
        }
    }

    [Fact]
    public void Only_matrices_between_hidden_layers_are_its_own()
    {
        string[] hidden = [.. ModelParameters.Of(TinyModel.Config()).Where(spec => spec.Hidden).Select(spec => spec.Name)];
        Assert.All(hidden, name => Assert.EndsWith("_proj.weight", name, StringComparison.Ordinal));
        Assert.Equal(2 * 7, hidden.Length);
    }

    [Fact]
    public void A_loaded_optimizer_goes_on_as_the_saved_one()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("mhc-train").FullName, "optimizer.safetensors");
        using LanguageModel first = TinyModel.Create(TinyModel.Config()), second = TinyModel.Create(TinyModel.Config());
        using var scope = NewDisposeScope();
        using Muon saved = new(first.Parameters, _options, new AdamWOptions()), loaded = new(second.Parameters, _options, new AdamWOptions());
        first.Parameters.Gradient.copy_(tensor(Numbers.Normal((int)first.Parameters.Count, 1)));
        saved.Step(0.01);
        var writer = new SafetensorsWriter();
        saved.Save(writer);
        writer.Save(path);
        using (SafetensorsFile file = SafetensorsFile.Open(path))
            loaded.Load(file);

        second.Parameters.Data.copy_(first.Parameters.Data);
        second.Parameters.Gradient.copy_(first.Parameters.Gradient);
        saved.Step(0.01);
        loaded.Step(0.01);
        Numbers.Close(Numbers.Of(first.Parameters.Data), Numbers.Of(second.Parameters.Data), 0, "parameters");
    }
}
